"""The Azure CLI of Debian 12, untouched but for two API versions.

Its package asks for versions of compute and network that the SDK packaged with it does not have and ends in a traceback
before any request; it is told to ask for those that there are. Run with /usr/bin/python3, arguments as for az.
"""
import os
import runpy
import sys

os.environ['AZ_INSTALLER'] = 'DEB'
from azure.cli.core.profiles import _shared as shared  # noqa: E402

latest = shared.AZURE_API_PROFILES['latest']
compute = latest[shared.ResourceType.MGMT_COMPUTE].profile
for operation, version in compute.items():
    if version == '2022-11-01':
        compute[operation] = '2022-08-01'
latest[shared.ResourceType.MGMT_NETWORK] = '2022-07-01'
sys.argv[0] = 'az'
runpy.run_module('azure.cli', run_name='__main__')
