"""The words of GS1's Core Business Vocabulary 2.0 that an event may use, and where they stand."""

from __future__ import annotations


def _words(said: str) -> frozenset[str]:
    return frozenset(said.split())


WEB = "https://ref.gs1.org/cbv/"
EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

EVENT_TYPES = _words(
    "ObjectEvent AggregationEvent AssociationEvent TransformationEvent TransactionEvent"
)
ACTIONS = frozenset({"ADD", "OBSERVE", "DELETE"})
BIZ_STEPS = _words(
    """accepting arriving assembling collecting commissioning consigning creating_class_instance
    cycle_counting decommissioning departing destroying disassembling dispensing encoding
    entering_exiting holding inspecting installing killing loading other packing picking receiving
    removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting
    shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
    void_shipping"""
)
DISPOSITIONS = _words(
    """active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement no_pedigree_match
    non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned
    sellable_accessible sellable_not_accessible stolen unavailable unknown"""
)
TRANSACTIONS = _words(
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
)
PARTIES = frozenset({"owning_party", "possessing_party", "location"})
ERRORS = frozenset({"did_not_occur", "incorrect_data"})
COMPONENTS = _words(
    """x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting
    northing latitude longitude altitude"""
)
