# Sources of the Compute page and its services, relative to app/.
set(TRAINYARD_COMPUTE_PAGES
    models/cluster_table_model.cpp
    models/leftover_table_model.h models/leftover_table_model.cpp
    models/chase_table_model.cpp
    models/chase_text.cpp
    models/machine_command.cpp
    models/machine_row.cpp
    models/machine_table_model.cpp
    models/machine_text.cpp
    models/size_table_model.cpp
    pages/cluster_questions.cpp
    pages/clusters_view.cpp
    pages/chase_form.cpp
    pages/chase_view.cpp
    pages/compute_page.cpp
    pages/cost_view.cpp
    pages/create_machine_dialog.cpp
    pages/data_disk_row.cpp
    pages/data_disks_editor.cpp
    pages/budget_card.h pages/budget_card.cpp
    pages/leftover_question.h pages/leftover_question.cpp
    pages/leftovers_view.h pages/leftovers_view.cpp
    pages/machine_actions.cpp
    pages/machine_charts.cpp
    pages/machine_connect.cpp
    pages/machine_console.cpp
    pages/machine_detail.cpp
    pages/machine_disks_panel.cpp
    pages/machine_form.cpp
    pages/machine_form_fields.cpp
    pages/machine_history.cpp
    pages/machine_overview.cpp
    pages/machine_panel.cpp
    pages/machine_questions.cpp
    pages/machines_table.cpp
    pages/machines_view.cpp
    pages/question_dialog.cpp
    pages/resize_dialog.cpp
    pages/tags_dialog.cpp
    services/activity_extras.h services/activity_extras.cpp
    services/cloud_services.h services/cloud_services.cpp
    services/auto_stop_watch.h services/auto_stop_watch.cpp
    services/burn_service.h services/burn_service.cpp
    services/chase_service.cpp
    services/cloud_workers.cpp
    services/machine_notices.cpp
    services/machine_recovery.h services/machine_recovery.cpp
    services/machine_service.cpp
    services/machine_service_operations.cpp
    services/spending_reader.cpp
    services/terminal.cpp
    services/vitals_service.cpp
)

# Accounts, and parts of the wizard. They stand last, so that they move no other source to another unit.
set(TRAINYARD_ACCOUNT_PAGES
    models/account_text.cpp
    pages/accounts_dialog.h pages/accounts_dialog.cpp
    pages/agent_keys_box.h pages/agent_keys_box.cpp
    models/needed_data.cpp
    pages/data_needs.h pages/data_needs.cpp
    pages/error_text.cpp
    pages/machine_form_advice.cpp
    pages/quota_question.cpp
    pages/machine_check_view.h pages/machine_check_view.cpp
    pages/passphrase_dialog.h pages/passphrase_dialog.cpp
    services/secrets_service.h services/secrets_service.cpp
    pages/month_estimate.h pages/month_estimate.cpp
    pages/sign_in_dialog.h pages/sign_in_dialog.cpp
    pages/sign_in_form.h pages/sign_in_form.cpp
    pages/spot_fields.h pages/spot_fields.cpp
    services/account_service.h services/account_service.cpp
    services/creation_rescue.h services/creation_rescue.cpp
    pages/dialog_size.cpp
    pages/documents_folder.cpp
    pages/new_storage_dialog.h pages/new_storage_dialog.cpp
    pages/storage_dialog.h pages/storage_dialog.cpp
    services/storage_service.h services/storage_service.cpp
    pages/capture_dialog.h pages/capture_dialog.cpp
    pages/machine_form_offers.cpp
    pages/machine_form_request.cpp
    services/settings_file.h services/settings_file.cpp
    services/machine_list.h services/machine_list.cpp
)
