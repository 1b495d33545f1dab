#include "app/runner/command_line.h"

int main(int argc, char** argv)
{
    return ty::runner::runCommandLine(argc, argv);
}
