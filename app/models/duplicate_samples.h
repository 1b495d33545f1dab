#pragma once

#include <vector>

#include <QtGlobal>

namespace ty::engine {
class Dataset;
}

namespace ty::app {

/// Which of `samples` equal an earlier or later one of them: for each, the place of the first of its kind, or -1 if there
/// is no other. Pictures are decoded and rows read for that: not for the GUI thread.
std::vector<int> findDuplicates(const engine::Dataset& dataset, const std::vector<quint64>& samples);

} // namespace ty::app
