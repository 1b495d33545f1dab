# Sources of the Compute page and its services, relative to app/.
set(TRAINYARD_COMPUTE_PAGES
    models/machine_command.cpp
    models/machine_row.cpp
    models/machine_table_model.cpp
    models/machine_text.cpp
    models/size_table_model.cpp
    pages/compute_page.cpp
    pages/cost_view.cpp
    pages/create_machine_dialog.cpp
    pages/machine_actions.cpp
    pages/machine_form.cpp
    pages/machine_questions.cpp
    services/cloud_workers.cpp
    services/machine_notices.cpp
    services/machine_service.cpp
    services/machine_service_operations.cpp
)
