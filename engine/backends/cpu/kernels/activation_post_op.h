#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/graph/activation.h"

namespace ty::engine::kernels {

/// The activation as oneDNN applies it to a result before it is written; empty for None.
dnnl::post_ops activationPostOp(const Activation& activation);

} // namespace ty::engine::kernels
