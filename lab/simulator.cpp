#include "lab/simulator.h"
