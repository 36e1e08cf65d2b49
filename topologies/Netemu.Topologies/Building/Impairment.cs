using Netemu.Engine.Devices;
using Netemu.Engine.Queueing;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Building;

/// <summary>
/// Turns `impair:` into the queueing discipline that it stands for: a netem at the sending device's root, as `tc qdisc
/// replace dev X root netem ...` puts it there.
/// </summary>
internal static class Impairment
{
    /// <summary>
    /// Gives <paramref name="device"/> exactly this impairment; null removes one. A netem that is there already keeps the
    /// frames that wait in it.
    /// </summary>
    public static void Install(NetDevice device, ImpairSpec? specification)
    {
        if (specification is null)
        {
            if (device.Egress?.Discipline is NetemDiscipline)
            {
                device.Egress.Install(null);
            }

            return;
        }

        NetemOptions options = Options(specification);
        if (device.Egress?.Discipline is NetemDiscipline netem)
        {
            netem.Options = options;
        }
        else
        {
            device.WritableEgress().Install(new NetemDiscipline(options));
        }
    }

    private static NetemOptions Options(ImpairSpec impair) => new()
    {
        Delay = impair.Delay,
        Jitter = impair.Jitter,
        Distribution = impair.Distribution switch
        {
            JitterDistribution.Normal => NetemDistribution.Normal,
            JitterDistribution.Pareto => NetemDistribution.Pareto,
            JitterDistribution.Paretonormal => NetemDistribution.Paretonormal,
            _ => NetemDistribution.Uniform,
        },
        DelayCorrelation = Share(impair.DelayCorrelation),
        Loss = Share(impair.Loss),
        LossCorrelation = Share(impair.LossCorrelation),
        LossModel = impair.GilbertElliott is { } model ? Model(model) : null,
        Duplicate = Share(impair.Duplicate),
        Corrupt = Share(impair.Corrupt),
        Reorder = Share(impair.Reorder),
        Gap = impair.Reorder.IsZero ? 0 : (uint)System.Math.Max(1, impair.Gap),
        RateBitsPerSecond = impair.Rate?.BitsPerSecond ?? 0,
        Limit = impair.Limit ?? 1000,
    };

    private static LossModel.GilbertElliott Model(GilbertElliottSpec model) => new(
        Share(model.P),
        Share(model.R ?? new Probability(1_000_000 - model.P.PartsPerMillion)),
        Share(model.LossInBad),
        Share(model.LossInGood));

    private static uint Share(Probability probability) => NetemOptions.Share(probability.PartsPerMillion, 1_000_000);
}
