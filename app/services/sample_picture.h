#pragma once

#include <QImage>

namespace ty::engine {
class Dataset;
}

namespace ty::app {

/// The picture of one sample as the network gets it; a null image if it cannot be read. Blocks; for worker threads.
QImage thumbnailOf(const engine::Dataset& dataset, quint64 sample);

} // namespace ty::app
