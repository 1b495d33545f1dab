#pragma once

#include <memory>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/learn/foreign_input.h"
#include "engine/learn/foreign_words.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// The model package in `folder` as it meets data: where it came from another program and nobody has named its columns, target or
/// classes, they are those of `data`. Those of the data that it was imported with count as named. Data without answers is taken:
/// a table with just its columns, pictures without labels. Errors: those of loadModel() and encoderMeeting().
/// @param data   empty: only `words` are met
/// @param words  count over those that came with it
Result<std::unique_ptr<Model>> loadModelFor(
    const std::string& folder, const std::string& data, const ForeignWords& words, const std::string& device);

/// "source" of a model's card, where it came from another program, without what is not as this program writes it; null: it did not.
Json soundSource(Json source);

/// What a model that has `encoder` is given as it meets `data`: loadModelFor() says how.
/// @param data    empty: none; what is not said stays open
/// @param words   of a person now
/// @param source  soundSource(); gets the words, what is assumed now, and the name of the data whose medians stand for missing numbers
/// Errors: those of inputForData(); Usage for words about a model of this program.
Result<Encoder> encoderMeeting(
    const ForeignNetwork& network, const ForeignWords& words, const std::string& data, Encoder encoder, Json& source);

/// What a run needs to begin with the model in `folder`, where it came from a network file, or is of a run that began with one of
/// another program: its network, and the units of its pixels ("0..1"; empty: a file of this program). Null network: it did not,
/// and is begun with like any other.
struct ForeignStart {
    Json network;
    std::string pixels;
};
ForeignStart foreignStart(const std::string& folder);

/// {"assumed": {...}} of a model that came from another program; an empty object for others.
/// @param data  not null: the data that it meets; where numbers are missing there, "missing" says what stands for them
Json assumptionsOf(const Model& model, const Dataset* data = nullptr);

} // namespace ty::engine
