#include "tests/server/race/real_tcp.h"
#include <gtest/gtest.h>
