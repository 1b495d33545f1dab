# Tests of the Train, Runs and Models pages and their services.
add_library(ty_train_test_support STATIC run_fixture.cpp)
target_link_libraries(ty_train_test_support PUBLIC ty_app_test_support)

ty_add_test(run_models SOURCES tst_run_models.cpp LIBS ty::app TIMEOUT 60)
ty_add_test(train_estimate SOURCES tst_train_estimate.cpp LIBS ty::app ty::learn TIMEOUT 60)
ty_add_test(run_groups SOURCES tst_run_groups.cpp LIBS ty::app TIMEOUT 60)
ty_add_test(preparation_panel SOURCES tst_preparation_panel.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(run_service SOURCES tst_run_service.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(train_page SOURCES tst_train_page.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(run_charts SOURCES tst_run_charts.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(long_curves SOURCES tst_long_curves.cpp LIBS ty_train_test_support TIMEOUT 120)
ty_add_test(long_work SOURCES tst_long_work.cpp LIBS ty_train_test_support Qt6::DBus TIMEOUT 120)
ty_add_test(runs_page SOURCES tst_runs_page.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(model_import SOURCES tst_model_import.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(models_page SOURCES tst_models_page.cpp LIBS ty_train_test_support TIMEOUT 300)
ty_add_test(explanations SOURCES tst_explanations.cpp LIBS ty_train_test_support TIMEOUT 300)
foreach(test explanations run_service long_work run_charts long_curves train_page runs_page models_page model_import)
    add_dependencies(tst_${test} trainyard-run)
endforeach()

# Not a test: takes pictures of the pages with a run in them, to be looked at.
add_executable(train_pictures train_pictures.cpp)
target_link_libraries(train_pictures PRIVATE ty_train_test_support)
