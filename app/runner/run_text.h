#pragma once

#include <string>

#include "engine/base/run_events.h"

namespace ty::runner {

/// A run's events as words for people: a line an epoch, or on a terminal a progress line that is written over.
/// Colours and the progress line are left away when NO_COLOR is set (colours), when TERM is "dumb" or the output is
/// no terminal (both).
class RunText {
public:
    RunText();
    /// For tests. `width`: columns of the terminal, 0 for none.
    RunText(int width, bool isColoured);

    /// What to write for this event, newlines and control codes included; may be empty.
    std::string show(const RunEvent& event);
    /// The event as one line of log.txt, empty for the frequent ones.
    static std::string logLine(const RunEvent& event);

private:
    std::string bar() const;
    std::string line(const std::string& text);
    std::string coloured(const char* code, const std::string& text) const;

    int m_width; ///< of the terminal; 0: none
    bool m_followsTerminal = false;
    bool m_isColoured;
    bool m_isBarShown = false;
    double m_barShownAt = -1;
    double m_epochs = 0; ///< planned
    double m_epoch = 0;  ///< done, fractional
    std::string m_loss;
    std::string m_metric;
    double m_etaSeconds = -1;
};

} // namespace ty::runner
