#pragma once

namespace ty::app {

class CloudServices;
class Notices;

/// Tells the person how operations on machines ended, on whatever page they are. Both outlive the connection.
void connectMachineNotices(CloudServices& clouds, Notices& notices);

} // namespace ty::app
