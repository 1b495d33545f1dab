#include <cmath>

#include <QTest>

#include "cloud/gcp/billing_catalog.h"
#include "cloud/provision/google_cost.h"
#include "cloud/provision/google_prices.h"

using namespace ty;
using namespace ty::cloud;

namespace {

gcp::BillingSku skuOf(
    const std::string& description, const std::string& usage, const std::string& unit, double price,
    std::vector<std::string> regions = {"us-central1", "us-east1"})
{
    const Json json{
        {"description", description},
        {"category", {{"usageType", usage}}},
        {"serviceRegions", regions},
        {"pricingInfo",
         Json::array(
             {{{"pricingExpression",
                {{"usageUnit", unit},
                 {"tieredRates",
                  Json::array(
                      {{{"startUsageAmount", 0},
                        {"unitPrice",
                         {{"currencyCode", "USD"},
                          {"units", std::to_string(static_cast<int>(price))},
                          {"nanos", static_cast<int>((price - static_cast<int>(price)) * 1e9 + 0.5)}}}}})}}}}})}};
    return fromJson<gcp::BillingSku>(json, "a row").value();
}

GooglePrices pricesOf(const std::vector<gcp::BillingSku>& skus)
{
    std::vector<GoogleRate> rates;
    for (const auto& sku : skus) {
        if (auto rate = GooglePrices::rateOf(sku)) {
            rates.push_back(std::move(*rate));
        }
    }
    return GooglePrices(std::move(rates));
}

/// Descriptions as Google's list has them.
GooglePrices usual()
{
    return pricesOf({
        skuOf("N1 Predefined Instance Core running in Americas", "OnDemand", "h", 0.031611),
        skuOf("N1 Predefined Instance Ram running in Americas", "OnDemand", "GiBy.h", 0.004237),
        skuOf("Spot Preemptible N1 Predefined Instance Core running in Americas", "Preemptible", "h", 0.006543),
        skuOf("Spot Preemptible N1 Predefined Instance Ram running in Americas", "Preemptible", "GiBy.h", 0.000877),
        skuOf("Commitment v1: N1 Predefined Instance Core in Americas for 1 Year", "Commit1Yr", "h", 0.01),
        skuOf("N1 Custom Instance Core running in Americas", "OnDemand", "h", 0.033),
        skuOf("Reserved N1 Predefined Instance Core in Americas", "OnDemand", "h", 0.02),
        skuOf("Sole Tenancy Premium for N1 Predefined Instance Core running in Americas", "OnDemand", "h", 0.003),
        skuOf("Nvidia Tesla T4 GPU running in Americas", "OnDemand", "h", 0.35),
        skuOf("Nvidia Tesla T4 GPU attached to Spot Preemptible VMs running in Americas", "Preemptible", "h", 0.14),
        skuOf("Nvidia Tesla A100 GPU running in Americas", "OnDemand", "h", 2.933908),
        skuOf("Nvidia Tesla A100 80GB GPU running in Americas", "OnDemand", "h", 3.93),
        skuOf("A2 Instance Core running in Americas", "OnDemand", "h", 0.031611),
        skuOf("A2 Instance Ram running in Americas", "OnDemand", "GiBy.h", 0.004237),
        skuOf("Compute optimized Instance Core running in Americas", "OnDemand", "h", 0.03398),
        skuOf("Compute optimized Instance Ram running in Americas", "OnDemand", "GiBy.h", 0.00455),
        skuOf("E2 Instance Core running in Americas", "OnDemand", "h", 0.021812),
        skuOf("E2 Instance Ram running in Americas", "OnDemand", "GiBy.h", 0.002924),
        skuOf("Balanced PD Capacity", "OnDemand", "GiBy.mo", 0.1),
        skuOf("SSD backed PD Capacity in Netherlands", "OnDemand", "GiBy.mo", 0.187, {"europe-west4"}),
        skuOf("Regional Balanced PD Capacity", "OnDemand", "GiBy.mo", 0.2),
        skuOf("External IP Charge on a Spot Preemptible VM", "OnDemand", "h", 0.0025, {"global"}),
    });
}

gcp::MachineType typeOf(const char* name, int cpus, double memoryGiB)
{
    gcp::MachineType type;
    type.name = name;
    type.vCpus = cpus;
    type.memoryMiB = static_cast<std::int64_t>(memoryGiB * 1024);
    return type;
}

bool isNear(const std::optional<double>& price, double expected)
{
    return price && std::abs(*price - expected) < 1e-6;
}

} // namespace

/// Prices that are sums of what Google's list names.
class TestGooglePrices : public QObject {
    Q_OBJECT
private slots:
    void aMachineTypeIsItsCoresAndItsMemory()
    {
        const auto prices = usual();
        QVERIFY(isNear(prices.machinePerHour(typeOf("n1-standard-4", 4, 15), "us-central1", false), 4 * 0.031611 + 15 * 0.004237));
        QVERIFY(isNear(prices.machinePerHour(typeOf("n1-standard-4", 4, 15), "us-east1", true), 4 * 0.006543 + 15 * 0.000877));
        QVERIFY(isNear(prices.machinePerHour(typeOf("c2-standard-4", 4, 16), "us-central1", false), 4 * 0.03398 + 16 * 0.00455));
    }

    void cardsThatATypeBringsAlongAreReckonedWith()
    {
        auto type = typeOf("a2-highgpu-1g", 12, 85);
        type.accelerators = {{"nvidia-tesla-a100", 1}};
        QVERIFY(isNear(usual().machinePerHour(type, "us-central1", false), 12 * 0.031611 + 85 * 0.004237 + 2.933908));
        QVERIFY(!usual().machinePerHour(type, "us-central1", true)); // no price of a spot card: none of the machine
    }

    void partsOfAProcessorAreBilledAsParts()
    {
        auto type = typeOf("e2-micro", 2, 1);
        type.isSharedCpu = true;
        QVERIFY(isNear(usual().machinePerHour(type, "us-central1", false), 0.25 * 0.021812 + 0.002924));
        auto other = typeOf("e2-nano", 2, 1);
        other.isSharedCpu = true;
        QVERIFY(!usual().machinePerHour(other, "us-central1", false));
    }

    void whatTheListDoesNotTellIsUnknown_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("region");
        QTest::newRow("another region") << "n1-standard-4" << "europe-west4";
        QTest::newRow("a family without a rule") << "x4-megamem-960" << "us-central1";
        QTest::newRow("cores of its own choice") << "n1-custom-4-8192" << "us-central1";
        QTest::newRow("local disks come along and are billed apart") << "c3-standard-4-lssd" << "us-central1";
        QTest::newRow("so here") << "a2-ultragpu-1g" << "us-central1";
    }
    void whatTheListDoesNotTellIsUnknown()
    {
        QFETCH(QString, name);
        QFETCH(QString, region);
        QVERIFY(!usual().machinePerHour(typeOf(name.toUtf8().constData(), 4, 16), region.toStdString(), false));
    }

    void twoPricesForOnePartMakeItUnknown()
    {
        auto rates = usual().rates();
        rates.push_back(*GooglePrices::rateOf(skuOf("N1 Predefined Instance Core running in Iowa", "OnDemand", "h", 0.04, {"us-central1"})));
        const GooglePrices prices(rates);
        QVERIFY(!prices.machinePerHour(typeOf("n1-standard-4", 4, 15), "us-central1", false));
        QVERIFY(prices.machinePerHour(typeOf("n1-standard-4", 4, 15), "us-east1", false));
    }

    void cardsDisksAndAddresses()
    {
        const auto prices = usual();
        QVERIFY(isNear(prices.gpuPerHour("nvidia-tesla-t4", "us-central1", false), 0.35));
        QVERIFY(isNear(prices.gpuPerHour("nvidia-tesla-t4", "us-central1", true), 0.14));
        QVERIFY(isNear(prices.gpuPerHour("nvidia-a100-80gb", "us-central1", false), 3.93));
        QVERIFY(!prices.gpuPerHour("nvidia-b200", "us-central1", false));
        QVERIFY(isNear(prices.diskPerHour("pd-balanced", 73, "us-central1"), 0.01));
        QVERIFY(isNear(prices.diskPerHour("pd-ssd", 730, "europe-west4"), 0.187));
        QVERIFY(!prices.diskPerHour("hyperdisk-balanced", 73, "us-central1"));
        QVERIFY(isNear(prices.addressPerHour(true), 0.0025));
        QVERIFY(!prices.addressPerHour(false));
    }

    /// 720 hours of an address are free each month and account: whoever has two machines pays for them.
    void whatIsFreeEachMonthIsNotTakenOff()
    {
        auto sku = skuOf("External IP Charge on a Standard VM", "OnDemand", "h", 0, {"global"});
        gcp::PriceTier paid;
        paid.startUsageAmount = 720;
        paid.unitPrice.nanos = 5'000'000;
        sku.pricing.front().tiers.push_back(paid);
        QVERIFY(isNear(pricesOf({sku}).addressPerHour(false), 0.005));
        sku.pricing.front().tiers.pop_back();
        QVERIFY(!pricesOf({sku}).addressPerHour(false)); // 0 alone is no price
    }

    void aCostTableSumsUpOnlyWhatIsKnown()
    {
        MachineRequest request;
        request.size = "n1-standard-4";
        request.zone = "us-central1-a";
        request.gpu = "nvidia-tesla-t4";
        request.gpus = 2;
        request.osDisk = {73, "pd-balanced", true};
        request.hasPublicIp = false;
        const auto cost = googleCost(request, usual(), typeOf("n1-standard-4", 4, 15), "USD", "2026-11-21");
        QVERIFY(isNear(cost.perHour(true), 4 * 0.031611 + 15 * 0.004237 + 0.7 + 0.01));
        QVERIFY(isNear(cost.perHour(false), 0.01));
        request.hasPublicIp = true;
        const auto unknown = googleCost(request, usual(), typeOf("n1-standard-4", 4, 15), "USD", "2026-11-21");
        QVERIFY(!unknown.perHour(true));
        QVERIFY(!googleCost(request, usual(), {}, "USD", "2026-11-21").lines.front().perHour);
    }

    void theListIsAskedForWithItsCurrency()
    {
        QCOMPARE(
            gcp::skuListUrl(gcp::kBillingHost, gcp::kComputeService, "EUR"),
            std::string("https://cloudbilling.googleapis.com/v1/services/6F81-5844-456A/skus?currencyCode=EUR&pageSize=5000"));
    }
};

QTEST_GUILESS_MAIN(TestGooglePrices)
#include "tst_google_prices.moc"
