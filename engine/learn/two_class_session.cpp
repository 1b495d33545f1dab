#include "engine/learn/two_class_session.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ty::engine {

Result<std::unique_ptr<TrainingSession>> makeTwoClassSession(Backend& backend, const TrainingSession& trained)
{
    ModelDescription network = trained.model();
    LayerDescription both;
    both.type = "pad";
    both.name = "bothClasses";
    const auto isTaken = [&network](const std::string& name) {
        return std::any_of(
            network.layers.begin(), network.layers.end(), [&](const LayerDescription& layer) { return layer.name == name; });
    };
    while (isTaken(both.name)) {
        both.name += "_";
    }
    std::vector<int> before(trained.summary().outputShape.size(), 0);
    const std::vector<int> after = before;
    before.back() = 1;
    both.settings = {{"before", before}, {"after", after}};
    network.layers.push_back(std::move(both));
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd; // the least memory; nothing is trained
    TY_TRY(auto session, backend.createSession(network, setup, 0));
    TY_CHECK(session->setParameters(trained.parameters()));
    return session;
}

} // namespace ty::engine
