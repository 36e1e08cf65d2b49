namespace Netemu.Felix.Rendering;

/// <summary>`-m recent --rcheck --seconds N --reap --name NAME`: who has been noted lately.</summary>
public readonly record struct RecentMatch(string Name, long Seconds)
{
    public override string ToString() =>
        $"-m recent --rcheck --seconds {Seconds} --reap --name {Name} --mask 255.255.255.255 --rsource";
}
