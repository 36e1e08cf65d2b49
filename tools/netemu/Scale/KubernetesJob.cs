using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>
/// The cells of an experiment as a Kubernetes Job of completion mode Indexed: one cell an index, its CSV row in the pod's log.
/// </summary>
internal static class KubernetesJob
{
    public static string Of(Experiment experiment, ExperimentArguments arguments, int cells)
    {
        StringBuilder yaml = new();
        yaml.Append("# kubectl apply -f job.yaml; the rows are in the logs:\n");
        yaml.Append(CultureInfo.InvariantCulture, $"#   kubectl logs -l job-name=netemu-{experiment.Name} --tail=-1 | grep -v ^cell,\n");
        yaml.Append("apiVersion: batch/v1\nkind: Job\nmetadata:\n");
        yaml.Append(CultureInfo.InvariantCulture, $"  name: netemu-{experiment.Name}\nspec:\n  completionMode: Indexed\n  completions: {cells}\n  parallelism: {cells}\n");
        yaml.Append("  backoffLimit: 0\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - name: netemu\n          image: netemu:latest\n");
        yaml.Append("          command:\n            - netemu\n            - scale\n");
        yaml.Append(CultureInfo.InvariantCulture, $"            - {experiment.Name}\n");
        foreach (string name in experiment.Parameters.Select(p => p.Name))
        {
            yaml.Append(CultureInfo.InvariantCulture, $"            - --{name}\n            - \"{string.Join(',', arguments.Texts(name))}\"\n");
        }

        yaml.Append("            - --cell\n            - $(JOB_COMPLETION_INDEX)\n            - --csv\n            - \"-\"\n");
        return yaml.ToString();
    }
}
