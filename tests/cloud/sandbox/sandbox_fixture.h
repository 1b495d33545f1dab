#pragma once

#include <map>
#include <memory>
#include <string>

#include <QTest>

#include "cloud/sandbox/sandbox.h"

namespace ty::sandbox {

/// Machines that are only written down.
class NotedHost : public MachineHost {
public:
    struct Noted {
        MachineSpec spec;
        bool isRunning = false;
    };

    Result<void> create(const MachineSpec& spec) override
    {
        machines[spec.id].spec = spec;
        return {};
    }
    Result<void> start(const std::string& id) override
    {
        machines[id].isRunning = true;
        ++starts;
        return {};
    }
    void stop(const std::string& id) override
    {
        if (machines.contains(id)) {
            machines[id].isRunning = false;
        }
    }
    void remove(const std::string& id) override { machines.erase(id); }
    std::string hostKeyFingerprint(const std::string&) const override { return "SHA256:noted"; }
    std::string hostKey(const std::string&) const override { return "ssh-ed25519 AAAAnoted"; }
    int sshPort() const override { return 22; }
    std::string serialLog(const std::string& id) const override { return "log of " + id + "\n"; }
    MachineUsage usage(const std::string&) override { return used; }
    void runScript(const std::string&, const std::string& script, std::function<void(ScriptResult)> done) override
    {
        done({0, "ran: " + script, ""});
    }
    Result<void> keepDisk(const std::string& id, const std::string& image) override
    {
        images[image] = id;
        return {};
    }
    void dropDisk(const std::string& image) override { images.erase(image); }

    std::map<std::string, Noted> machines;
    std::map<std::string, std::string> images;
    MachineUsage used;
    int starts = 0;
};

struct Answer {
    int status = 0;
    Json body;
    Response response;

    std::string header(const std::string& name) const { return fieldOf(response.headers, name); }
    std::string code() const { return body.value("error", Json::object()).value("code", ""); }
};

/// A sandbox with a clock that is turned by hand, and a signed-in client.
class SandboxFixture {
public:
    explicit SandboxFixture(SandboxOptions options = fast())
    {
        open(options);
    }

    static SandboxOptions fast()
    {
        SandboxOptions options;
        options.isThrottled = false;
        options.seed = 7;
        options.keyBits = 1024;
        return options;
    }

    void open(const SandboxOptions& options)
    {
        sandbox.reset();
        auto opened = Sandbox::open(options, clock, host);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        sandbox = std::move(opened).value();
        const auto& who = sandbox->identity();
        const Answer token = form(
            "/" + who.tenantId + "/oauth2/v2.0/token",
            {{"grant_type", "client_credentials"}, {"client_id", who.clientId}, {"client_secret", who.clientSecret}, {"scope", "https://management.azure.com/.default"}});
        azureToken = token.body.value("access_token", "");
        subscription = "/subscriptions/" + who.subscriptionId;
    }

    Answer send(const std::string& method, const std::string& target, const Json& body = nullptr, Fields headers = {})
    {
        Request request;
        request.method = method;
        request.origin = "https://localhost:1";
        setTarget(request, target);
        request.headers = std::move(headers);
        request.body = body.is_null() ? "" : body.dump();
        return answer(request);
    }
    Answer form(const std::string& target, const Fields& fields)
    {
        Request request;
        request.method = "POST";
        request.origin = "https://localhost:1";
        setTarget(request, target);
        for (const auto& [name, value] : fields) {
            request.body += (request.body.empty() ? "" : "&") + name + "=" + encodePercent(value);
        }
        return answer(request);
    }
    /// A request to Resource Manager below the subscription; the api-version is added.
    Answer arm(const std::string& method, const std::string& path, const Json& body = nullptr)
    {
        const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
        return send(method, subscription + path + separator + "api-version=2024-03-01", body, {{"Authorization", "Bearer " + azureToken}});
    }
    /// Follows a link of an answer.
    Answer follow(const std::string& link)
    {
        return send("GET", link.substr(std::string("https://localhost:1").size()), nullptr, {{"Authorization", "Bearer " + azureToken}});
    }
    void pass(std::chrono::seconds time)
    {
        clock.advance(time);
        sandbox->settle();
    }

    /// A group with a network, a public address and an interface, all ready.
    void makeNetwork(const std::string& group, const std::string& location = "westeurope", const std::string& nic = "card")
    {
        const std::string base = "/resourceGroups/" + group + "/providers/Microsoft.Network";
        QCOMPARE(arm("PUT", "/resourcegroups/" + group, {{"location", location}}).status / 100, 2);
        arm("PUT", base + "/virtualNetworks/net",
            {{"location", location},
             {"properties", {{"addressSpace", {{"addressPrefixes", {"10.0.0.0/16"}}}}, {"subnets", Json::array({{{"name", "default"}, {"properties", {{"addressPrefix", "10.0.0.0/24"}}}}})}}}});
        arm("PUT", base + "/publicIPAddresses/" + nic + "-address", {{"location", location}, {"sku", {{"name", "Standard"}}}, {"properties", {{"publicIPAllocationMethod", "Static"}}}});
        const Answer card = arm("PUT", base + "/networkInterfaces/" + nic,
            {{"location", location},
             {"properties",
              {{"ipConfigurations",
                Json::array({{{"name", "primary"},
                              {"properties",
                               {{"subnet", {{"id", subscription + base + "/virtualNetworks/net/subnets/default"}}},
                                {"publicIPAddress", {{"id", subscription + base + "/publicIPAddresses/" + nic + "-address"}}}}}}})}}}});
        QCOMPARE(card.status, 201);
        pass(std::chrono::seconds(10));
    }
    /// What a PUT of a machine asks for.
    Json machine(const std::string& group, const std::string& size, const std::string& location = "westeurope", const std::string& nic = "card") const
    {
        return {
            {"location", location},
            {"properties",
             {{"hardwareProfile", {{"vmSize", size}}},
              {"storageProfile",
               {{"imageReference", {{"publisher", "Canonical"}, {"offer", "0001-com-ubuntu-server-jammy"}, {"sku", "22_04-lts-gen2"}, {"version", "latest"}}},
                {"osDisk", {{"createOption", "FromImage"}, {"managedDisk", {{"storageAccountType", "Premium_LRS"}}}}}}},
              {"osProfile",
               {{"computerName", "box"}, {"adminUsername", "trainer"},
                {"linuxConfiguration", {{"disablePasswordAuthentication", true}, {"ssh", {{"publicKeys", Json::array({{{"path", "/home/trainer/.ssh/authorized_keys"}, {"keyData", "ssh-ed25519 AAAAC3Nza you"}}})}}}}}}},
              {"networkProfile", {{"networkInterfaces", Json::array({{{"id", subscription + "/resourceGroups/" + group + "/providers/Microsoft.Network/networkInterfaces/" + nic}}})}}}}}};
    }
    std::string power(const std::string& vmPath)
    {
        const Json view = arm("GET", vmPath + "/instanceView").body;
        for (const auto& status : view.value("statuses", Json::array())) {
            const std::string code = status.value("code", "");
            if (code.starts_with("PowerState/")) {
                return code.substr(11);
            }
        }
        return {};
    }

    ManualClock clock{TimePoint(std::chrono::seconds(1'795'000'000))};
    NotedHost host;
    std::unique_ptr<Sandbox> sandbox;
    std::string azureToken;
    std::string subscription;

private:
    Answer answer(const Request& request)
    {
        Answer given;
        given.response = sandbox->handle(request);
        given.status = given.response.status;
        const auto body = parseJson(given.response.body, "answer");
        given.body = body ? *body : Json();
        return given;
    }
};

} // namespace ty::sandbox
