#include "lab/nat_profile.h"
