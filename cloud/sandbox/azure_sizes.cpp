#include "cloud/sandbox/azure_sizes.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "cloud/sandbox/azure_regions.h"
#include "cloud/sandbox/keys.h"
#include "cloud/sandbox/message.h"

namespace ty::sandbox {

namespace {

/// A series in which a size is its number of cores: "Standard_D{}s_v5".
struct Series {
    const char* pattern;
    const char* family;
    double memoryPerCore;
    std::vector<int> cores;
    bool isArm = false;
};

const std::vector<Series>& plainSeries()
{
    static const std::vector<Series> series{
        {"Standard_D{}s_v3", "standardDSv3Family", 4, {2, 4, 8, 16, 32, 48, 64}},
        {"Standard_D{}s_v5", "standardDSv5Family", 4, {2, 4, 8, 16, 32, 48, 64, 96}},
        {"Standard_D{}as_v5", "standardDASv5Family", 4, {2, 4, 8, 16, 32, 48, 64, 96}},
        {"Standard_E{}s_v5", "standardESv5Family", 8, {2, 4, 8, 16, 20, 32, 48, 64}},
        {"Standard_F{}s_v2", "standardFSv2Family", 2, {2, 4, 8, 16, 32, 48, 64, 72}},
        {"Standard_D{}ps_v5", "standardDPSv5Family", 4, {2, 4, 8, 16, 32, 48, 64}, true},
    };
    return series;
}

struct Single {
    const char* name;
    const char* family;
    int cores;
    double memoryGiB;
    int gpus = 0;
    const char* gpu = "";
};

const std::vector<Single>& singles()
{
    static const std::vector<Single> table{
        {"Standard_B1s", "standardBSFamily", 1, 1},
        {"Standard_B1ms", "standardBSFamily", 1, 2},
        {"Standard_B2s", "standardBSFamily", 2, 4},
        {"Standard_B2ms", "standardBSFamily", 2, 8},
        {"Standard_B4ms", "standardBSFamily", 4, 16},
        {"Standard_B8ms", "standardBSFamily", 8, 32},
        {"Standard_DS1_v2", "standardDSv2Family", 1, 3.5},
        {"Standard_DS2_v2", "standardDSv2Family", 2, 7},
        {"Standard_DS3_v2", "standardDSv2Family", 4, 14},
        {"Standard_DS4_v2", "standardDSv2Family", 8, 28},
        {"Standard_NC4as_T4_v3", "Standard NCASv3_T4 Family", 4, 28, 1, "T4"},
        {"Standard_NC8as_T4_v3", "Standard NCASv3_T4 Family", 8, 56, 1, "T4"},
        {"Standard_NC16as_T4_v3", "Standard NCASv3_T4 Family", 16, 110, 1, "T4"},
        {"Standard_NC64as_T4_v3", "Standard NCASv3_T4 Family", 64, 440, 4, "T4"},
        {"Standard_NC6s_v3", "standardNCSv3Family", 6, 112, 1, "V100"},
        {"Standard_NC12s_v3", "standardNCSv3Family", 12, 224, 2, "V100"},
        {"Standard_NC24s_v3", "standardNCSv3Family", 24, 448, 4, "V100"},
        {"Standard_NC24ads_A100_v4", "StandardNCADSA100v4Family", 24, 220, 1, "A100"},
        {"Standard_NC48ads_A100_v4", "StandardNCADSA100v4Family", 48, 440, 2, "A100"},
        {"Standard_NC96ads_A100_v4", "StandardNCADSA100v4Family", 96, 880, 4, "A100"},
        {"Standard_NC40ads_H100_v5", "StandardNCadsH100v5Family", 40, 320, 1, "H100"},
        {"Standard_NC80adis_H100_v5", "StandardNCadsH100v5Family", 80, 640, 2, "H100"},
        {"Standard_ND40rs_v2", "standardNDSv2Family", 40, 672, 8, "V100"},
        {"Standard_ND96asr_v4", "Standard NDASv4_A100 Family", 96, 900, 8, "A100"},
        {"Standard_ND96amsr_A100_v4", "standard NDAMSv4_A100Family", 96, 1900, 8, "A100"},
        {"Standard_ND96isr_H100_v5", "standardNDSH100v5Family", 96, 1900, 8, "H100"},
        {"Standard_ND96isr_H200_v5", "standardNDISRH200V5Family", 96, 1850, 8, "H200"},
        {"Standard_ND96isr_MI300X_v5", "standardNDISv5MI300XFamily", 96, 1850, 8, "MI300X"},
        {"Standard_NV6ads_A10_v5", "StandardNVADSA10v5Family", 6, 55, 1, "A10"},
        {"Standard_NV12ads_A10_v5", "StandardNVADSA10v5Family", 12, 110, 1, "A10"},
        {"Standard_NV18ads_A10_v5", "StandardNVADSA10v5Family", 18, 220, 1, "A10"},
        {"Standard_NV36ads_A10_v5", "StandardNVADSA10v5Family", 36, 440, 1, "A10"},
        {"Standard_NV72ads_A10_v5", "StandardNVADSA10v5Family", 72, 880, 2, "A10"},
    };
    return table;
}

/// Disk and network limits grow with the cores, near enough to the published tables.
AzureSize sized(std::string name, std::string family, int cores, double memoryGiB)
{
    AzureSize size;
    size.name = std::move(name);
    size.family = std::move(family);
    size.cores = cores;
    size.memoryGiB = memoryGiB;
    size.dataDisks = std::min(32, std::max(2, cores * 2));
    size.networkInterfaces = std::clamp(cores / 2, 2, 8);
    size.diskIops = std::min(80'000, 1'600 * cores);
    size.diskMBps = std::min(2'000, 40 * cores);
    return size;
}

/// 0 to 99, the same for the same words everywhere.
int lot(const std::string& words)
{
    const std::string digest = sha256(words);
    return (static_cast<unsigned char>(digest[0]) * 256 + static_cast<unsigned char>(digest[1])) % 100;
}

} // namespace

const std::vector<AzureSize>& azureSizes()
{
    static const std::vector<AzureSize> sizes = [] {
        std::vector<AzureSize> all;
        for (const auto& single : singles()) {
            auto size = sized(single.name, single.family, single.cores, single.memoryGiB);
            size.gpus = single.gpus;
            size.gpu = single.gpu;
            all.push_back(std::move(size));
        }
        for (const auto& series : plainSeries()) {
            for (const int cores : series.cores) {
                auto size = sized(
                    fmt::format(fmt::runtime(series.pattern), cores), series.family, cores, cores * series.memoryPerCore);
                size.isArm = series.isArm;
                all.push_back(std::move(size));
            }
        }
        return all;
    }();
    return sizes;
}

const AzureSize* findAzureSize(const std::string& name)
{
    const auto& sizes = azureSizes();
    const auto found = std::find_if(sizes.begin(), sizes.end(), [&](const auto& size) { return equalFold(size.name, name); });
    return found == sizes.end() ? nullptr : &*found;
}

AzureOffer azureOffer(const AzureSize& size, const std::string& region, const std::string& zone)
{
    const AzureRegion* place = findAzureRegion(region);
    if (place == nullptr || (!zone.empty() && !place->hasZones)) {
        return AzureOffer::Absent;
    }
    if (size.gpus == 0) {
        return AzureOffer::Gives; // machines without a GPU are to be had everywhere, so that a first try succeeds
    }
    // Rarer chips stand in fewer regions, and fewer of those have one left.
    static const std::map<std::string, int> commonness{{"T4", 70}, {"A10", 60}, {"V100", 45}, {"A100", 45}, {"H100", 35}};
    const auto known = commonness.find(size.gpu);
    const int percent = known == commonness.end() ? 20 : known->second;
    if (lot("offer " + size.family + " " + place->name) >= percent) {
        return AzureOffer::Absent;
    }
    const int regional = lot("stock " + size.family + " " + place->name);
    if (regional < 15) {
        return AzureOffer::Restricted;
    }
    if (regional < 30) {
        return AzureOffer::Refused;
    }
    if (regional < 75) {
        return AzureOffer::NoCapacity;
    }
    // Where the region has some, one zone may still be out of it.
    return !zone.empty() && lot("zone " + size.name + " " + place->name + zone) < 50 ? AzureOffer::NoCapacity
                                                                                    : AzureOffer::Gives;
}

} // namespace ty::sandbox
