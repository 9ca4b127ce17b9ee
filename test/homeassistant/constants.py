"""Prints what `test/fixtures/ha-constants.json` holds of this Home Assistant's constants and schemas, as JSON."""

import json

from homeassistant import const
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.button import ButtonDeviceClass
from homeassistant.components.mqtt import config, entity, schemas
from homeassistant.components.mqtt import sensor as mqtt_sensor
from homeassistant.components.mqtt.const import ENTITY_PLATFORMS
from homeassistant.components.sensor import const as sensor


def plain(values):
    """Returns the values as sorted texts; `None` (no unit) last."""
    texts = {None if value is None else str(value) for value in values}
    return sorted(texts, key=lambda text: (text is None, text or ""))


def by_class(mapping):
    return {str(key): plain(values) for key, values in sorted(mapping.items())}


def keys(schema):
    """Returns the keys of a schema, which may be one of several validators in a row."""
    for part in (schema, *getattr(schema, "validators", ())):
        if isinstance(getattr(part, "schema", None), dict):
            return plain(getattr(key, "schema", key) for key in part.schema)
    raise ValueError("not a schema")


print(
    json.dumps(
        {
            "version": const.__version__,
            "sensor.deviceClasses": plain(sensor.SensorDeviceClass),
            "sensor.nonNumericDeviceClasses": plain(sensor.NON_NUMERIC_DEVICE_CLASSES),
            "sensor.stateClasses": plain(sensor.SensorStateClass),
            "sensor.unitsByDeviceClass": by_class(sensor.DEVICE_CLASS_UNITS),
            "sensor.stateClassesByDeviceClass": by_class(sensor.DEVICE_CLASS_STATE_CLASSES),
            "sensor.unitsByStateClass": by_class(sensor.STATE_CLASS_UNITS),
            "binary_sensor.deviceClasses": plain(BinarySensorDeviceClass),
            "button.deviceClasses": plain(ButtonDeviceClass),
            "entityCategories": plain(const.EntityCategory),
            "blockedJsonAttributes": plain(entity.MQTT_ATTRIBUTES_BLOCKED),
            "blockedSensorJsonAttributes": plain(mqtt_sensor.MQTT_SENSOR_ATTRIBUTES_BLOCKED),
            "discovery.entityPlatforms": plain(ENTITY_PLATFORMS),
            "discovery.device": keys(schemas.MQTT_DEVICE_INFO_SCHEMA),
            "discovery.origin": keys(schemas.MQTT_ORIGIN_INFO_SCHEMA),
            "discovery.deviceRoot": keys(schemas.DEVICE_DISCOVERY_SCHEMA),
            "discovery.sharedOptionsMergedIntoComponents": plain(schemas.SHARED_OPTIONS),
            "discovery.entityCommonKeys": plain(
                [*keys(schemas.MQTT_ENTITY_COMMON_SCHEMA), *keys(config.MQTT_BASE_SCHEMA)]
            ),
        }
    )
)
