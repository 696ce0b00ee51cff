#include "lab/link.h"
