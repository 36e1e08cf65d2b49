using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads Pods and the Pod templates of controllers: what the network sees of them.</summary>
internal static class PodBinder
{
    public static Resource Read(FieldReader fields, ObjectMetadata metadata) =>
        ReadStatus(fields.Object("status"), ReadSpec(fields.Object("spec"), metadata));

    /// <summary>Reads spec.template; the template's metadata needs no name.</summary>
    public static Pod ReadTemplate(FieldReader template, ObjectMetadata controller)
    {
        ObjectMetadata metadata = MetadataBinder.Read(template.Object("metadata"), true, controller.Name);
        Pod pod = ReadSpec(template.Object("spec"), metadata with { Namespace = controller.Namespace });
        template.Finish();
        return pod;
    }

    private static Pod ReadSpec(FieldReader spec, ObjectMetadata metadata)
    {
        Pod pod = new(metadata)
        {
            NodeName = spec.Text("nodeName") ?? string.Empty,
            NodeSelector = spec.StringMap("nodeSelector"),
            HostNetwork = spec.Flag("hostNetwork", false),
            ServiceAccountName = spec.Text("serviceAccountName") ?? spec.Text("serviceAccount") ?? Pod.DefaultServiceAccount,
            Ports = [.. spec.Objects("containers").SelectMany(ReadPorts)],
            Hostname = spec.Text("hostname"),
            Subdomain = spec.Text("subdomain"),
        };
        spec.Ignore(
            "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy",
            "enableServiceLinks", "ephemeralContainers", "hostAliases", "hostIPC", "hostPID", "hostUsers",
            "imagePullSecrets", "initContainers", "os", "overhead", "preemptionPolicy", "priority", "priorityClassName",
            "readinessGates", "resourceClaims", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates",
            "securityContext", "serviceAccount", "setHostnameAsFQDN", "shareProcessNamespace",
            "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes", "resources");
        spec.Finish();
        return pod;
    }

    private static IEnumerable<ContainerPort> ReadPorts(FieldReader container)
    {
        List<ContainerPort> ports = [];
        foreach (FieldReader port in container.Objects("ports"))
        {
            if (!port.Has("containerPort"))
            {
                port.Error("containerPort", "is missing", ResourceCode.Missing);
            }

            ports.Add(new ContainerPort(
                port.Text("name") ?? string.Empty,
                port.Protocol("protocol") ?? IPProtocol.Tcp,
                port.Port("containerPort") ?? 0,
                port.Port("hostPort") ?? 0));
            port.Ignore("hostIP");
            port.Finish();
        }

        container.Ignore(
            "name", "image", "imagePullPolicy", "command", "args", "env", "envFrom", "lifecycle", "livenessProbe",
            "readinessProbe", "resizePolicy", "resources", "restartPolicy", "securityContext", "startupProbe", "stdin",
            "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts",
            "workingDir");
        container.Finish();
        return ports;
    }

    private static Pod ReadStatus(FieldReader status, Pod pod)
    {
        List<InternetAddress> addresses = [];
        foreach (FieldReader entry in status.Objects("podIPs"))
        {
            if (entry.Address("ip") is { } address)
            {
                addresses.Add(address);
            }
        }

        if (status.Address("podIP") is { } single && !addresses.Contains(single))
        {
            addresses.Insert(0, single);
        }

        bool ready = true;
        foreach (FieldReader condition in status.Objects("conditions"))
        {
            ready &= condition.Text("type") != "Ready" || condition.Text("status") == "True";
        }

        return pod with
        {
            Addresses = addresses,
            IsReady = ready,
            Phase = status.Choice(
                "phase",
                ("Running", PodPhase.Running),
                ("Pending", PodPhase.Pending),
                ("Succeeded", PodPhase.Succeeded),
                ("Failed", PodPhase.Failed),
                ("Unknown", PodPhase.Unknown)),
        };
    }
}
