#pragma once

namespace ty::app {

class MachineService;
class Notices;

/// Tells the person how operations on machines ended, on whatever page they are. Both outlive the connection.
void connectMachineNotices(MachineService& machines, Notices& notices);

} // namespace ty::app
