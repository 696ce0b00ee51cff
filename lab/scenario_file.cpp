#include "lab/scenario_file.h"
