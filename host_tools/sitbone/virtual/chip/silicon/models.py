# What differs between the chips, from IDF's soc_caps.h and the port's sources; the board says which one this is.
import worldlink

MODELS = {
    "esp32": {
        "gpios": 40,
        "missing": (20, 24, 28, 29, 30, 31),
        "flash": (6, 7, 8, 9, 10, 11),  # wired to the flash inside the module
        "first_input_only": 34,
        "strapping": (0, 2, 5, 12, 15),
        "rtc": (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39),
        "rtc_has_the_pulls": True,  # gpio_pullup_en of an RTC pad sets the RTC's own: it holds in sleep
        "ext1_low_means_all": True,  # ESP_EXT1_WAKEUP_ALL_LOW; later chips know only ANY_LOW, under the same number
        "adc1": tuple(range(32, 40)),
        "adc2": (0, 2, 4, 12, 13, 14, 15, 25, 26, 27),
        "full_scale_uv": (950_000, 1_250_000, 1_750_000, 3_300_000),  # by attenuation
        "pwm_channels": 16,
    },
    "esp32s3": {
        "gpios": 49,
        "missing": (22, 23, 24, 25),
        "flash": tuple(range(26, 38)),  # 33-37 with the PSRAM on eight lines
        "first_input_only": 49,
        "strapping": (0, 3, 45, 46),
        "rtc": tuple(range(22)),
        "rtc_has_the_pulls": False,  # SOC_GPIO_SUPPORT_RTC_INDEPENDENT
        "ext1_low_means_all": False,
        "adc1": tuple(range(1, 11)),
        "adc2": tuple(range(11, 21)),
        "full_scale_uv": (950_000, 1_250_000, 1_750_000, 3_100_000),
        "pwm_channels": 8,
    },
}
model = MODELS[worldlink.hello["wiring"]["chip"]]
