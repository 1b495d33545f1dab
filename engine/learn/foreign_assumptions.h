#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/learn/foreign_network.h"

namespace ty::engine {

/// Which of a person, the file, and what is there otherwise has named things.
struct ChosenNames {
    std::vector<std::string> names;
    std::string from = "nobody"; ///< or "person", "file", "data"
};
ChosenNames chosenNames(
    const std::vector<std::string>& person, const std::vector<std::string>& file, const std::vector<std::string>& other, const char* from);

/// An entry of ForeignInput::assumed.
Json assumption(Json value, const std::string& from, const std::string& text);

/// "a, b, c", the first of many, and how many more.
std::string namesInText(const std::vector<std::string>& names);
/// The same of inputs; those of categories with these, in the order of their places.
std::string namesInText(const std::vector<EncodedColumn>& inputs);

/// Each puts its entry into ForeignInput::assumed.
void assumePixels(Json& assumed, const ForeignNetwork& network, const ForeignWords& words);
/// @param data  its name, where it has the word
void assumeColumns(Json& assumed, const ChosenNames& columns, const std::string& inputs, const std::string& data = {});
void assumeClasses(Json& assumed, const ChosenNames& classes, const std::string& data = {});
void assumeTarget(Json& assumed, const DatasetInfo& info, bool isSaid);
void assumeOutputs(Json& assumed, const ForeignNetwork& network, Task task);

/// The sentences of ForeignInput::assumed that no person has said, each with the option that says it: "pixels ... (--pixels)".
std::vector<std::string> assumptionLines(const Json& assumed);

} // namespace ty::engine
