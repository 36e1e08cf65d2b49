using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>Reads the controllers that make Pods.</summary>
internal static class ControllerBinder
{
    private const int MaximumReplicas = 1_000_000;

    public static Resource Read(FieldReader fields, ObjectMetadata metadata, ResourceKind kind)
    {
        FieldReader spec = fields.Object("spec");
        long replicas = kind switch
        {
            ResourceKind.DaemonSet => 0,
            ResourceKind.Job => spec.Integer("parallelism", 0, MaximumReplicas) ?? 1,
            _ => spec.Integer("replicas", 0, MaximumReplicas) ?? 1,
        };
        if (!spec.Has("template"))
        {
            spec.Error("template", "is missing", ResourceCode.Missing);
        }

        Pod template = PodBinder.ReadTemplate(spec.Object("template"), metadata);
        spec.Ignore(
            "selector", "strategy", "updateStrategy", "minReadySeconds", "paused", "progressDeadlineSeconds",
            "revisionHistoryLimit", "serviceName", "podManagementPolicy", "volumeClaimTemplates", "ordinals",
            "persistentVolumeClaimRetentionPolicy", "backoffLimit", "completions", "completionMode", "manualSelector",
            "suspend", "ttlSecondsAfterFinished", "activeDeadlineSeconds", "podFailurePolicy");
        spec.Finish();
        fields.Ignore("status");
        return new WorkloadController(kind, metadata, (int)replicas, template);
    }
}
