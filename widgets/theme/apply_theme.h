#pragma once

class QApplication;

namespace ty::widgets {

enum class Theme;

/// Sets style and palette; every widget repaints, and those with a text role wear its new colours. May be called at any time, in
/// the GUI thread.
void applyTheme(QApplication& application, Theme theme);

} // namespace ty::widgets
