#pragma once

#include <QString>

#include "engine/base/result.h"

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::app {

/// Puts an error into a panel and shows it: `happened` as a sentence, why, what to do; in the details the provider's code and
/// request id, by which its support finds the request, and the time. Its buttons are the caller's.
void showError(widgets::ErrorPanel& panel, const QString& happened, const Error& error);

/// "Code: SkuNotAvailable", "Request: 7a3f...", "Time: ...": what a provider's support asks for.
QString errorDetails(const Error& error);
/// The message without the code and request id that a provider's error ends with.
QString errorReason(const Error& error);

/// A message of the engine with a capital letter, unless it begins with a name: "column ... is left out", but "iris.csv: ...".
QString asSentence(const QString& message);

} // namespace ty::app
