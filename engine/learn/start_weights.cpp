#include "engine/learn/start_weights.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "engine/base/files.h"
#include "engine/exchange/float_weights.h"
#include "engine/exchange/model_weights.h"
#include "engine/learn/onnx_network.h"
#include "engine/train/checkpoint.h"

namespace ty::engine {

namespace {

constexpr const char* kWeights = "weights.safetensors";

using Tensors = std::map<std::string, const Tensor*>;

/// A network's tensors by layer: what stands before the last dot of their names.
struct LayerTensors {
    explicit LayerTensors(const std::vector<NamedTensor>& all)
    {
        for (const NamedTensor& one : all) {
            const std::string layer = one.name.substr(0, one.name.rfind('.'));
            if (tensors[layer].empty()) {
                layers.push_back(layer);
            }
            tensors[layer][one.name] = &one.tensor;
        }
    }
    Tensors of(const std::string& layer) const
    {
        const auto found = tensors.find(layer);
        return found == tensors.end() ? Tensors{} : found->second;
    }

    std::vector<std::string> layers; ///< in their order
    std::map<std::string, Tensors> tensors;
};

/// Why the tensors of a layer cannot be those of another; empty: they can.
std::string differenceOf(const Tensors& here, const Tensors& there)
{
    if (there.empty()) {
        return "not among them";
    }
    for (const auto& [name, tensor] : here) {
        const auto found = there.find(name);
        if (found == there.end()) {
            return name + " is not among them";
        }
        if (found->second->shape() != tensor->shape()) {
            return name + " is " + toString(tensor->shape()) + ", there " + toString(found->second->shape());
        }
        if (found->second->dtype() != tensor->dtype()) {
            return name + " is " + dtypeName(tensor->dtype()) + ", there " + dtypeName(found->second->dtype());
        }
    }
    return here.size() == there.size() ? "" : "it has more tensors there";
}

std::string listOf(const std::vector<std::string>& names)
{
    constexpr std::size_t kMost = 6;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > kMost ? text + " and " + std::to_string(names.size() - kMost) + " more" : text;
}

bool hasSameColumns(const Encoder& a, const Encoder& b)
{
    return std::equal(
        a.columns().begin(), a.columns().end(), b.columns().begin(), b.columns().end(),
        [](const EncodedColumn& one, const EncodedColumn& other) {
            return one.name == other.name && one.kind == other.kind && one.categories == other.categories;
        });
}

/// What shapes do not tell: that the weights were learned for other classes or columns. Empty: they were not, or nothing
/// beside the weights says.
std::string doubtAbout(const std::string& file, const Encoder& encoder)
{
    namespace fs = std::filesystem;
    const fs::path beside = fs::path(file).parent_path();
    for (const fs::path& folder : {beside, beside.parent_path() / "model"}) {
        const auto card = readJsonFile((folder / "model.json").string());
        if (!card) {
            continue;
        }
        const auto there = Encoder::fromJson(card.value().value("preprocessing", Json()));
        if (!there) {
            return {};
        }
        // What nobody has said about a network of another program raises no doubt.
        const Json source = card.value().value("source", Json());
        const Json words = source.is_object() ? source.value("words", Json()) : Json();
        const auto isSaid = [&words](const char* key) { return !words.is_object() || words.contains(key); };
        if (isSaid("classes") && there.value().classes() != encoder.classes()) {
            return "the weights were learned for other classes: " + listOf(there.value().classes());
        }
        return !isSaid("columns") || hasSameColumns(there.value(), encoder) ? "" : "the weights were learned for other columns";
    }
    return {};
}

/// The learned parameters as `file` stores them.
Result<SafetensorsFile> readStored(const std::string& file, const Shape& input)
{
    SafetensorsFile stored;
    if (isOnnxFile(file)) {
        DatasetInfo data;
        if (input.size() == data.imageShape.size()) {
            data.kind = DataKind::Image;
            std::transform(input.begin(), input.end(), data.imageShape.begin(), [](auto extent) { return static_cast<int>(extent); });
        }
        TY_TRY(auto network, readOnnxNetwork(file, data));
        stored.tensors = std::move(network.parameters);
        return stored;
    }
    TY_TRY(stored, readModelWeights(file));
    if (CheckpointStore::isCheckpoint(stored)) {
        TY_TRY(Checkpoint checkpoint, CheckpointStore::contentOf(std::exchange(stored, {}), file));
        stored.tensors = std::move(checkpoint.parameters);
    }
    return stored;
}

} // namespace

Result<std::string> findStartFile(const StartSpec& start, const RunFolder& folder)
{
    namespace fs = std::filesystem;
    const std::string path = (fs::path(folder.root) / start.from).lexically_normal().string(); // absolute ones win
    if (!isFolder(path)) {
        if (pathExists(path)) {
            return path;
        }
        return Error{ErrorKind::NotFound, path + ": the weights to begin with are not there", "Choose another checkpoint."};
    }
    for (const std::string& folderOfWeights : {path, RunFolder{path}.modelFolder()}) {
        const std::string file = folderOfWeights + "/" + kWeights;
        if (pathExists(file)) {
            return file;
        }
    }
    return Error{
        ErrorKind::NotFound, path + ": holds no model to begin with",
        "Name a model folder, a run that has one, or a file in the folder checkpoints of a run."};
}

Result<std::vector<NamedTensor>> readStartWeights(const std::string& file, const Shape& input)
{
    TY_TRY(auto stored, readStored(file, input));
    TY_CHECK(makeFloatWeights(stored, file));
    return std::move(stored.tensors);
}

FittedWeights fitWeights(std::vector<NamedTensor> parameters, const std::vector<NamedTensor>& others)
{
    FittedWeights fitted;
    fitted.parameters = std::move(parameters);
    const LayerTensors own(fitted.parameters);
    const LayerTensors there(others);
    std::map<std::string, const Tensor*> taken;
    for (const std::string& layer : own.layers) {
        const std::string difference = differenceOf(own.tensors.at(layer), there.of(layer));
        if (difference.empty()) {
            taken.insert(there.tensors.at(layer).begin(), there.tensors.at(layer).end());
        } else {
            fitted.left.push_back(layer + " (" + difference + ")");
        }
    }
    for (NamedTensor& parameter : fitted.parameters) {
        if (const auto found = taken.find(parameter.name); found != taken.end()) {
            parameter.tensor = *found->second;
        }
    }
    fitted.taken = own.layers.size() - fitted.left.size();
    std::copy_if(there.layers.begin(), there.layers.end(), std::back_inserter(fitted.unused), [&own](const auto& layer) {
        return own.tensors.count(layer) == 0;
    });
    return fitted;
}

Result<StartedWeights> startWithWeights(
    const StartSpec& start, const RunFolder& folder, const Encoder& encoder, TrainingSession& session)
{
    TY_TRY(const std::string file, findStartFile(start, folder));
    TY_TRY(auto stored, readStored(file, session.model().input));
    // Other tensors of the file may be what they like: counters, masks.
    const auto own = session.parameters();
    std::set<std::string> names;
    std::transform(own.begin(), own.end(), std::inserter(names, names.end()), [](const NamedTensor& one) { return one.name; });
    TY_CHECK(makeFloatWeights(stored, file, &names));
    const FittedWeights fitted = fitWeights(own, stored.tensors);
    if (fitted.taken == 0) {
        return Error{
            ErrorKind::InvalidInput,
            "cannot begin with the weights of " + file + ": no layer of this network has them by the same names and shapes: "
                + listOf(fitted.left),
            "They belong to another network: keep the data's columns and classes and the network's settings as they "
            "were, or train from the beginning."};
    }
    TY_CHECK(session.setParameters(fitted.parameters));
    StartedWeights started;
    started.text = "begins with the weights of " + (start.run.empty() ? file : start.run);
    if (start.epoch > 0) {
        started.text += " after epoch " + std::to_string(start.epoch);
    }
    if (!fitted.left.empty()) {
        started.text += ": " + std::to_string(fitted.taken) + " of " + std::to_string(fitted.taken + fitted.left.size())
            + " layers; at random begin " + listOf(fitted.left);
    }
    if (!fitted.unused.empty()) {
        started.text += "; not used are " + listOf(fitted.unused);
    }
    started.doubt = doubtAbout(file, encoder);
    return started;
}

} // namespace ty::engine
