# Sources of the Train, Runs and Models pages and their services, relative to app/.
set(TRAINYARD_TRAIN_PAGES
)
