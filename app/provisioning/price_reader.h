#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"
#include "cloud/azure/prices.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// What a machine costs by the provider's price list of today. Blocks.
/// Errors: Network when the list does not answer; a price that it does not have is unknown in the table, no error.
Result<cloud::CostTable> readCost(
    AzureConnection& connection, const cloud::MachineRequest& request, const std::string& currency, std::stop_token stop);

/// The prices of Linux machines that a question finds. Blocks.
Result<std::vector<cloud::azure::VmPrice>> readPrices(
    AzureConnection& connection, const cloud::azure::PriceQuery& query, std::stop_token stop);

/// The prices of all sizes of a region, by the size's name in small letters. Many pages: some seconds. Blocks.
/// Of Google only sizes whose price is known are in it, with the cards that they bring along.
Result<std::map<std::string, cloud::azure::VmPrice>> readSizePrices(
    CloudSession& session, const std::string& region, const std::string& currency, std::stop_token stop);

/// What so many GiB a month cost that leave the cloud. Nothing: the list does not tell, which is not 0. Blocks.
/// Errors: Network.
Result<std::optional<double>> readTrafficCost(
    AzureConnection& connection, const std::string& region, double gib, const std::string& currency, std::stop_token stop);

/// Adds the rows of one question. Errors: Network.
Result<void> readPrices(
    AzureConnection& connection, const cloud::azure::PriceQuery& query, std::vector<cloud::azure::PriceItem>& items,
    std::stop_token stop);

} // namespace ty::app
