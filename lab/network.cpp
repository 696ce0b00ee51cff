#include "lab/network.h"
