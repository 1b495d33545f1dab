#include "engine/train/metric_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

namespace ty::engine {

namespace {

using Word = std::pair<std::string_view, std::string_view>;

constexpr std::array kLabels{
    Word{"accuracy", "Accuracy"},
    Word{"balanced_accuracy", "Balanced accuracy"},
    Word{"macro_f1", "Macro F1"},
    Word{"roc_auc", "ROC AUC"},
    Word{"log_loss", "Log loss"},
    Word{"brier", "Brier score"},
    Word{"calibration_error", "Calibration error"},
    Word{"mae", "MAE"},
    Word{"rmse", "RMSE"},
    Word{"r2", "R²"},
    Word{"max_error", "Largest error"},
    Word{"silhouette", "Silhouette"},
    Word{"inertia", "Inertia"},
    Word{"log_likelihood", "Log-likelihood"},
    Word{"groups", "Groups"},
    Word{"noise", "Noise rows"},
    Word{"unusual_share", "Unusual rows"}};

constexpr std::array kShortNames{
    Word{"auc", "roc_auc"}, Word{"f1", "macro_f1"}, Word{"loss", "log_loss"}, Word{"r²", "r2"}};

} // namespace

bool isHigherBetter(std::string_view metric)
{
    constexpr std::array kErrors{"loss", "mae", "rmse", "mse", "error", "brier", "perplexity", "inertia", "noise"};
    return std::none_of(kErrors.begin(), kErrors.end(), [metric](std::string_view error) {
        return metric.find(error) != std::string_view::npos;
    });
}

std::string metricLabel(std::string_view metric)
{
    const auto found = std::find_if(kLabels.begin(), kLabels.end(), [metric](const Word& word) { return word.first == metric; });
    return std::string(found == kLabels.end() ? metric : found->second);
}

std::string metricNamed(std::string_view typed)
{
    std::string lower;
    std::transform(typed.begin(), typed.end(), std::back_inserter(lower), [](unsigned char letter) {
        return letter == '-' ? '_' : static_cast<char>(std::tolower(letter));
    });
    const auto found =
        std::find_if(kShortNames.begin(), kShortNames.end(), [&lower](const Word& word) { return word.first == lower; });
    return found == kShortNames.end() ? lower : std::string(found->second);
}

} // namespace ty::engine
