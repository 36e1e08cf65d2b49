namespace Netemu.Engine.Queueing;

/// <summary>The state of a <see cref="LossModel"/> (loss_gilb_ell and loss_4state of net/sched/sch_netem.c).</summary>
internal sealed class LossChain
{
    private State _state = State.Good;

    private enum State : byte
    {
        Good,
        Bad,
        LostInGap,
        ReceivedInBurst,
    }

    /// <summary>Takes one step; true if the frame is lost.</summary>
    public bool Step(LossModel model, CorrelatedRandom random) => model switch
    {
        LossModel.GilbertElliott gilbert => Step(gilbert, random),
        LossModel.FourState four => Step(four, random.Next(0)),
        _ => false,
    };

    private bool Step(LossModel.GilbertElliott model, CorrelatedRandom random)
    {
        // The state changes by a first draw and the loss is decided by a second one, in the state before the change.
        if (_state == State.Bad)
        {
            if (random.Next(0) < model.R)
            {
                _state = State.Good;
            }

            return IsLost(model.LossInBad, random);
        }

        if (random.Next(0) < model.P)
        {
            _state = State.Bad;
        }

        return IsLost(model.LossInGood, random);
    }

    private static bool IsLost(uint share, CorrelatedRandom random) =>
        share == uint.MaxValue || random.Next(0) < share;

    private bool Step(LossModel.FourState model, uint draw)
    {
        switch (_state)
        {
            case State.Bad:
                if (draw < model.P32)
                {
                    _state = State.ReceivedInBurst;
                    return false;
                }

                if (draw > model.P32 && draw < (ulong)model.P32 + model.P31)
                {
                    _state = State.Good;
                    return false;
                }

                return true;

            case State.ReceivedInBurst:
                if (draw < model.P23)
                {
                    _state = State.Bad;
                    return true;
                }

                return false;

            case State.LostInGap:
                _state = State.Good;
                return false;

            case State.Good:
            default:
                if (draw < model.P14)
                {
                    _state = State.LostInGap;
                    return true;
                }

                if (draw > model.P14 && draw < (ulong)model.P13 + model.P14)
                {
                    _state = State.Bad;
                    return true;
                }

                return false;
        }
    }
}
