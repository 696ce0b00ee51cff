#include "lab/testbed.h"
