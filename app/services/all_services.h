#pragma once

/// AppContext with every service complete, for .cpp files that use several.
#include "app/services/activity_service.h"
#include "app/services/app_context.h"
#include "app/services/catalog_service.h"
#include "app/services/curve_service.h"
#include "app/services/dataset_service.h"
#include "app/services/key_map.h"
#include "app/services/log_service.h"
#include "app/services/model_service.h"
#include "app/services/navigation.h"
#include "app/services/notices.h"
#include "app/services/run_digest.h"
#include "app/services/run_service.h"
#include "app/services/settings_service.h"
#include "app/services/store_service.h"
#include "app/services/system_monitor.h"
#include "app/services/theme_service.h"
