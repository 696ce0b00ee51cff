#include "lab/nat.h"
