"""The settings in which PGS schemes differ, as types; nothing here knows a scheme.

Where a value comes from, and how surely, stands beside it in `Content.sources`. Days and months are
calendar ones; a month added to the 31st ends on the month's last day. Which rule reads a setting:
docs/model/pgs-rules.md.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from certification.basis.text import Text

Severity = Literal["critical", "major", "minor"]
CropClass = Literal["annual", "perennial"]
Leg = Literal["citizens", "academia", "local_government", "state"]
"""Citizens and business; academia; local government; the state: every seat stands on one."""
OrganKind = Literal["group", "inter_group", "screening", "committee"]
"""The meeting of the plot's own group; of producers of all groups of the network with consumers;
the network's screening team, which reads the papers; the network's committee."""
StageKind = Literal["conventional", "in_conversion", "organic"]
Chemical = Literal[
    "organophosphate", "carbamate", "organochlorine", "pyrethroid", "herbicide", "fungicide"
]
Public = Literal[
    "display_name", "group", "tambon", "area", "crops", "stage", "valid_from", "valid_until",
    "standard", "organ",
]  # fmt: skip
"""What a certificate's public page may show: a phone, an address or an outline never."""
PEER = "producer"
"""The seat of peers: only producers of the plot's group, or network where allowed, take it."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share as a fraction, so that two of three is two thirds and not 0.667."""

    part: int
    of: int

    def met(self, count: int, total: int) -> bool:
        return count * self.of >= total * self.part

    def of_count(self, total: int) -> int:
        """So many of `total`, the broken one counted whole."""
        return -(-total * self.part // self.of)


class PanelSeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A seat on the panel that inspects; `minimum` persons sit in it on every visit."""

    code: str
    name: Text
    leg: Leg
    minimum: int
    training: Literal["members", "everybody"] = "members"
    """Of whom in it `training_hours_min` is asked: of a group's members, or of guests too."""


class DecisionStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of deciding, and the kind of organ that takes it."""

    organ: OrganKind
    name: Text


class PlotStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the land is called on its way; a scheme may have several stages in conversion."""

    code: str
    name: Text
    kind: StageKind


class ResidueKit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field test; a clean result says nothing about what it `cannot_see`."""

    code: str
    name: Text
    sees: tuple[Chemical, ...]
    cannot_see: tuple[Chemical, ...]
    source: str


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One version's settings. In comments: what is counted, in which unit, from where to where."""

    number_prefix: str
    """First part of a certificate's number, the `{scheme}` of its format: `SGS`. No two schemes of
    one database share it."""
    number_format: str
    """By the grammar in `numbers.py`: `{scheme}-{prov}-{be2}-{seq:05d}-{chk}`."""

    group_min_members: int
    """Persons, of different households, that a group must have before its plots are accepted."""

    min_inspectors: int
    """Persons on the plot, who all sign."""
    panel_seats: tuple[PanelSeat, ...]
    """The seats of the panel with how many sit in each at the least; all others are refused."""
    inspect_cross_group: bool
    """Whether producers of the network's other groups may take a peer's seat."""
    kin_degree: int
    """Kin up to this degree neither inspect nor vote."""
    reciprocity_years: int
    """Years after A inspected B in which B does not inspect A; 0 asks nothing."""
    cycle_length: int
    """A ring of so many who inspect one another in turn is refused: 2 is A-B-A, 3 is A-B-C-A."""
    max_consecutive_years: int
    """The same person inspects the same plot at most so many years running; 0 asks nothing."""
    follow_up_reviewers: int
    """Exactly so many of last year's inspectors come again, so that somebody knows the plot."""
    max_reviews_per_year: int
    """Visits that one person is asked to in a calendar year: kept where possible."""
    max_travel_km: int
    """Kilometres from an inspector's land to the plot: kept where possible; 0 asks nothing."""

    random_share: Part
    """Of the certified plots of a season, drawn for an unannounced visit; rounded up."""
    random_min: int
    """Plots drawn at the least."""
    annual_inspections: int
    """Announced visits to each plot in a year."""

    decision_stages: tuple[DecisionStage, ...]
    """Who decides, in this order; each needs the one before it to have passed."""
    quorum_count: int
    """Persons present and not recused, at the least."""
    quorum_share: Part
    """Of the organ's members who are not recused."""
    consumers_present: int
    """Persons in a consumer's seat at the meeting; 0 asks nothing."""
    pass_share: Part
    """Of the votes for and against; who abstains is present and casts none."""
    revoke_pass_share: Part
    """The same, for taking a certificate away; never less than `pass_share`."""
    reviewers_present: int
    """So many of the plot's inspectors are at the meeting."""
    farmer_present: bool
    """Whether the farmer is there when the plot is decided on."""
    one_vote_per_case: bool
    """Whether who voted on a case in one organ is recused when a later one decides on it; else it
    is only shown."""
    voters_named: bool
    """Whether the public may read who voted: the names of those who consent to it."""

    history_years: int
    """Years of the land's past, told before an application is handed in."""
    application_lapse_days: int = 180
    """Days after it was sent back, or taken on and not visited, until an application lapses."""
    training_hours_min: int
    """Hours of training in the twelve months before an application is accepted."""
    meeting_attendance_share: Part
    """Of the group's meetings in the twelve months before, attended by the household; 0 of 1 asks
    nothing."""

    conversion_months: dict[CropClass, int]
    """Months since the last prohibited use, until a crop of this class is organic."""
    conversion_reduction_allowed: bool
    """Whether a committee may shorten it on evidence of how the land was used before."""
    stages: tuple[PlotStage, ...]
    """From conventional to organic, in order."""
    in_conversion_label_allowed: bool
    """Whether goods from land in conversion may say so; else they are sold as plain."""

    buffer_min_m: int
    """Metres of bund or planting on a side with a neighbour."""
    buffer_spray_neighbour_m: int
    """Metres where the neighbour sprays; never less than `buffer_min_m`."""
    flood_days_soil_test: int
    """Land under water for more days than these has its soil tested."""
    parallel_production: Literal["forbidden", "separable", "allowed"]
    """The same crop, organic and not, at once: never, where it can be told apart, or always."""
    whole_holding_by_years: int
    """Years after the first certificate in which all of the household's land converts; 0 asks
    nothing."""
    manure_days: dict[Literal["soil_contact", "no_contact"], int]
    """Days between raw manure and harvest, where the crop touches the soil or does not."""

    severity_deadline_days: dict[Severity, int]
    """Days in which a finding is put right; 0 is at once."""
    max_open_minor: int
    """Minor findings that may stay open when a plot is approved."""
    minors_to_major: int
    """So many open minor findings of a plot count as one major; 0 asks nothing."""

    validity_months: int
    """Months that a certificate holds."""
    renewal_window_days: int
    """Days before a certificate's end from which it may be renewed."""
    grace_days: int
    """Days after a major finding's deadline, or a missed yearly visit, until a suspension."""
    appeal_days: int
    """Days after a decision in which it may be appealed against."""
    appeal_lifts_suspension: bool
    """Whether a suspension rests while an appeal is heard."""
    reapply_bar_months: int
    """Months after a revocation in which the plot's holder may not apply anew."""

    residue_kits: tuple[ResidueKit, ...]
    """Field tests that count."""
    residue_confirm_lab: bool
    """Whether a positive kit is confirmed in an ISO/IEC 17025 laboratory before it counts."""

    public_fields: tuple[Public, ...]
    """What a certificate's public page shows."""
    complaint_days: int
    """Days in which a complaint is answered."""

    meeting_typed_late_days: int
    """Days after a meeting held on paper in which it may still be entered."""
    yield_tolerance: Part
    """Lots of a planting may weigh so much of its expected kilos before the claim is refused."""

    def seat(self, code: str) -> PanelSeat | None:
        return next((seat for seat in self.panel_seats if seat.code == code), None)
