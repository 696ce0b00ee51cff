#include "lab/stream.h"
