using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>Hears of the members of IP sets, by the sets' ids.</summary>
internal interface IMemberOutput
{
    void OnMemberAdded(string id, IPSetMember member);

    void OnMemberRemoved(string id, IPSetMember member);
}
