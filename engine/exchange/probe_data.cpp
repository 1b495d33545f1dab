#include "engine/exchange/probe_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/exchange/onnx_steps.h"
#include "engine/exchange/raw_rows.h"

namespace ty::engine {

namespace {

constexpr double kMissingShare = 0.1;
constexpr int kProbeWords = 200;

class ProbeDataset final : public Dataset {
public:
    ProbeDataset(const Encoder& encoder, std::uint64_t samples, std::uint64_t seed, std::int64_t wholeBelow)
        : m_info(encoder.expectedData())
        , m_vocabulary(encoder.vocabulary())
        , m_imageMean(encoder.imageMean())
        , m_imageDeviation(encoder.imageDeviation())
        , m_seed(seed)
        , m_wholeBelow(wholeBelow)
    {
        m_info.samples = samples;
        m_numbers.resize(m_info.columns.size());
        m_codes.resize(m_info.columns.size());
        if (!m_vocabulary.empty()) {
            m_textColumn = encoder.columns().front().name;
        }
        for (const auto& encoded : encoder.columns()) {
            for (std::size_t index = 0; index < m_info.columns.size(); ++index) {
                // A date may be encoded twice; its first encoding knows its range.
                if (m_vocabulary.empty() && m_info.columns[index].name == encoded.name && m_numbers[index].empty() && m_codes[index].empty()) {
                    fill(index, encoded);
                }
            }
        }
    }

    const DatasetInfo& info() const override { return m_info; }
    SplitPart partOf(std::uint64_t) const override { return SplitPart::Test; }
    std::string sampleId(std::uint64_t sample) const override { return "probe " + std::to_string(sample); }
    std::int32_t classOf(std::uint64_t) const override { return -1; }
    double targetOf(std::uint64_t) const override { return std::numeric_limits<double>::quiet_NaN(); }
    std::span<const float> numericColumn(std::size_t column) const override { return m_numbers[column]; }
    std::span<const std::int32_t> categoryColumn(std::size_t column) const override { return m_codes[column]; }

    std::string cellText(std::uint64_t sample, std::size_t column) const override
    {
        if (m_info.columns[column].name == m_textColumn) {
            Random random(m_seed, sample);
            std::string text;
            for (int i = 0; i < kProbeWords; ++i) {
                text += m_vocabulary[random.below(m_vocabulary.size())] + " ";
            }
            return text;
        }
        if (!m_numbers[column].empty()) {
            const float number = m_numbers[column][sample];
            return std::isnan(number) ? std::string() : std::to_string(number);
        }
        if (m_codes[column].empty() || m_codes[column][sample] < 0) {
            return {};
        }
        return m_info.columns[column].categories[static_cast<std::size_t>(m_codes[column][sample])];
    }

    Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const override
    {
        // Around the mean of the training images: wilder pictures would drive every probability to 0 or 1, where no
        // difference shows.
        Random random(m_seed, sample);
        const auto plane = chw.size() / m_imageMean.size();
        const double brightness = random.normal();
        for (std::size_t i = 0; i < chw.size(); ++i) {
            const double deviation = m_imageDeviation[i / plane];
            const double value = m_imageMean[i / plane] + deviation * 0.5 * (brightness + random.normal());
            chw[i] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
        }
        return {};
    }

private:
    void fill(std::size_t index, const EncodedColumn& encoded)
    {
        Random random(m_seed, index);
        for (std::uint64_t sample = 0; sample < m_info.samples; ++sample) {
            const bool isMissing = random.uniform() < kMissingShare;
            if (encoded.kind != EncodedColumn::Kind::OneHot) {
                const double measured = encoded.mean + encoded.deviation * random.normal();
                const bool isWhole = m_wholeBelow > 0; // and never missing: a mean is no whole number
                const double number =
                    isWhole ? static_cast<double>(random.below(static_cast<std::uint64_t>(m_wholeBelow))) : measured;
                m_numbers[index].push_back(isMissing && !isWhole ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(number));
            } else {
                const auto categories = m_info.columns[index].categories.size();
                const bool isUnknown = isMissing || categories == 0;
                m_codes[index].push_back(isUnknown ? -1 : static_cast<std::int32_t>(random.below(categories)));
            }
        }
    }

    DatasetInfo m_info;
    std::vector<std::string> m_vocabulary;
    std::string m_textColumn; ///< empty: none
    std::vector<float> m_imageMean;
    std::vector<float> m_imageDeviation;
    std::uint64_t m_seed;
    std::int64_t m_wholeBelow;
    std::vector<std::vector<float>> m_numbers;
    std::vector<std::vector<std::int32_t>> m_codes;
};

} // namespace

std::unique_ptr<Dataset>
makeProbeDataset(const Encoder& encoder, std::uint64_t samples, std::uint64_t seed, std::int64_t wholeBelow)
{
    if (hasOnnxSteps(encoder) && onnxStepProblem(encoder).empty()) {
        if (auto rows = RawRows::make(encoder, makeRawColumns(encoder, samples, seed))) {
            return std::move(rows).value();
        }
    }
    return std::make_unique<ProbeDataset>(encoder, samples, seed, wholeBelow);
}

} // namespace ty::engine
