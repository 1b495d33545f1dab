#include "cloud/azure/gpu_table.h"

#include <array>
#include <cctype>
#include <utility>

namespace ty::cloud::azure {

namespace {

// Source: Microsoft's pages "sizes/gpu-accelerated", 2026-08; spelling of the families as in Azure/karpenter-provider-azure.
constexpr std::array<GpuFamily, 20> kFamilies{{
    {"NCv3", "standardNCSv3Family", "NVIDIA V100", 16, true},
    {"NCasT4_v3", "Standard NCASv3_T4 Family", "NVIDIA T4", 16, true},
    {"NC_A100_v4", "StandardNCADSA100v4Family", "NVIDIA A100 PCIe", 80, true},
    {"NCads_H100_v5", "StandardNCadsH100v5Family", "NVIDIA H100 NVL", 94, true},
    {"NCCads_H100_v5 (confidential)", "StandardNCCads2023Family", "NVIDIA H100", 94, true},
    {"NC_RTXPRO6000BSE_v6", "StandardNCdsRTXPRO6000BSEv6XLFamily", "NVIDIA RTX PRO 6000 Blackwell SE", 96, true},
    {"NDv2", "standardNDSv2Family", "NVIDIA V100", 32, true},
    {"ND_A100_v4", "Standard NDASv4_A100 Family", "NVIDIA A100", 40, true},
    {"NDm_A100_v4", "standard NDAMSv4_A100Family", "NVIDIA A100", 80, true},
    {"ND_H100_v5", "standardNDSH100v5Family", "NVIDIA H100", 80, true},
    {"ND_H200_v5", "standardNDISRH200V5Family", "NVIDIA H200", 141, true},
    {"ND_MI300X_v5", "standardNDISv5MI300XFamily", "AMD Instinct MI300X", 192, true},
    {"ND_GB200_v6", "standardNDISRGB200V6NDRFamily", "NVIDIA Blackwell (GB200)", 192, true},
    {"ND_GB300_v6", "standardNDISRGB300V6Family", "NVIDIA Blackwell Ultra (GB300)", 288, true},
    {"NVads_A10_v5", "StandardNVADSA10v5Family", "NVIDIA A10", 24, true},
    {"NVadsV710_v5", "StandardNVadsV710v5Family", "AMD Radeon Pro V710", 0, true},
    {"NGads_V620", "StandardNGADSV620v1Family", "AMD Radeon PRO V620", 32, true},
    {"NVv4", "standardNVSv4Family", "AMD MI25", 0, true},
    {"NVv3", "standardNVSv3Family", "NVIDIA M60", 0, true},
    {"NPs", "standardNPSFamily", "Xilinx U250 FPGA", 0, false},
}};

constexpr std::array<std::pair<const char*, double>, 29> kSizes{{
    {"Standard_NC6s_v3", 1},
    {"Standard_NC12s_v3", 2},
    {"Standard_NC24s_v3", 4},
    {"Standard_NC24rs_v3", 4},
    {"Standard_NC4as_T4_v3", 1},
    {"Standard_NC8as_T4_v3", 1},
    {"Standard_NC16as_T4_v3", 1},
    {"Standard_NC64as_T4_v3", 4},
    {"Standard_NC24ads_A100_v4", 1},
    {"Standard_NC48ads_A100_v4", 2},
    {"Standard_NC96ads_A100_v4", 4},
    {"Standard_NC40ads_H100_v5", 1},
    {"Standard_NC80adis_H100_v5", 2},
    {"Standard_NCC40ads_H100_v5", 1},
    {"Standard_ND40rs_v2", 8},
    {"Standard_ND96asr_v4", 8},
    {"Standard_ND96amsr_A100_v4", 8},
    {"Standard_ND96isr_H100_v5", 8},
    {"Standard_ND96isr_H200_v5", 8},
    {"Standard_ND96isr_MI300X_v5", 8},
    {"Standard_ND96is_MI300X_v5", 8},
    {"Standard_ND128isr_NDR_GB200_v6", 4},
    {"Standard_ND128isr_GB300_v6", 4},
    {"Standard_NV6ads_A10_v5", 0.167},
    {"Standard_NV12ads_A10_v5", 0.333},
    {"Standard_NV18ads_A10_v5", 0.5},
    {"Standard_NV36ads_A10_v5", 1},
    {"Standard_NV36adms_A10_v5", 1},
    {"Standard_NV72ads_A10_v5", 2},
}};

} // namespace

std::span<const GpuFamily> gpuFamilies()
{
    return kFamilies;
}

std::string foldedName(const std::string& text)
{
    std::string folded;
    for (const char c : text) {
        if (c != ' ') {
            folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return folded;
}

const GpuFamily* gpuFamily(const std::string& family)
{
    const std::string wanted = foldedName(family);
    for (const GpuFamily& row : kFamilies) {
        if (foldedName(row.family) == wanted) {
            return &row;
        }
    }
    return nullptr;
}

std::optional<double> gpusOfSize(const std::string& size)
{
    const std::string wanted = foldedName(size);
    for (const auto& [name, count] : kSizes) {
        if (foldedName(name) == wanted) {
            return count;
        }
    }
    return std::nullopt;
}

} // namespace ty::cloud::azure
