#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QString>

#include "app/catalog/paths.h"
#include "app/models/machine_row.h"
#include "app/provisioning/auto_stop.h"
#include "app/services/cloud_workers.h"

namespace ty::app {

/// The machines of one account as its cloud and the catalog tell them, with what their sizes have and cost. Lives on the GUI
/// thread; questions run on workers, and an answer that comes after its end is dropped.
class MachineList : public QObject {
    Q_OBJECT
public:
    /// `workers` outlives this.
    MachineList(QString account, catalog::Paths paths, CloudWorkers& workers, QObject* parent = nullptr);

    const QString& account() const { return m_account; }
    /// Reads anew; once more when that is asked for meanwhile.
    void refresh();

    /// Whether it has ever been read.
    bool isLoaded() const { return m_isLoaded; }
    /// Why the last reading failed, if it did.
    const std::optional<Error>& problem() const { return m_problem; }
    /// In the cloud's order.
    std::vector<MachineRow> rows() const;

signals:
    void changed();

private:
    struct Listing {
        std::vector<cloud::MachineInfo> machines;
        std::map<std::string, cloud::MachineRequest> requests; ///< by the mark of their creation
        std::map<std::string, AutoStopProof> proofs;           ///< the same
    };
    using Prices = std::map<QString, std::optional<double>>;
    using Sizes = std::map<QString, std::optional<SizeFacts>>;

    static Result<Listing> list(const catalog::Paths& paths, CloudSession& session, std::stop_token stop);
    void onListed(Result<Listing> listing);
    void askPrices();
    void askSizes();
    template<typename Answer>
    void askWorker(std::function<Answer(CloudSession&, std::stop_token)> question, void (MachineList::*then)(Answer));
    void onPrices(Prices prices);
    void onSizes(Sizes sizes);

    QString m_account;
    catalog::Paths m_paths;
    CloudWorkers& m_workers;
    Listing m_listing;
    Prices m_prices; ///< by size, region and kind
    Sizes m_sizes;   ///< by size and region; asked for once
    std::optional<Error> m_problem;
    bool m_isLoaded = false;
    bool m_isListing = false;
    bool m_isStale = false; ///< to be read once more
    bool m_isPricing = false;
    bool m_isSizing = false;
};

} // namespace ty::app
