// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Devices of a board, for a kernel that has none of them:
 *
 *   /dev/spidev0.0            an MCP3008; its eight inputs are the parameter `inputs`
 *   /sys/class/pwm/pwmchip0   two channels; the attribute `pwm_told` shows what they were told
 *   /sys/class/leds/tickwire:green:status
 *                             on line 0 of the gpio-sim chip with the label `tickwire-board`
 *   a GPIO chip               with one line, `NO-IRQ`, that is an input and has no interrupt
 */
#include <linux/delay.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pwm.h>
#include <linux/spi/spi.h>

#define NAME "tickwire-board"

static ushort inputs[8];
module_param_array(inputs, ushort, NULL, 0644);
MODULE_PARM_DESC(inputs, "Results of the MCP3008's inputs, 0 to 1023");

static uint spi_error;
module_param(spi_error, uint, 0644);
MODULE_PARM_DESC(spi_error, "Error number with which SPI messages end, or 0");

static bool spi_hangs;
module_param(spi_hangs, bool, 0644);
MODULE_PARM_DESC(spi_hangs, "Whether SPI messages wait until this is cleared");

/* An MCP3008 between two falls of its chip select (Microchip DS21295). */
struct adc {
	/* Clocks from the start bit on, which included; 0 until then. */
	uint clocks;
	/* SGL/DIFF, D2, D1, D0. */
	u8 configuration;
	u16 result;
};

/* The fastest clock at 5 V (table 1-0, electrical characteristics). */
#define ADC_MAX_HZ 3600000
#define ADC_BITS 10

static u16 adc_sample(u8 configuration)
{
	uint input = configuration & 7;
	int level = READ_ONCE(inputs[input]);

	/* Table 5-2: a differential channel is an input minus its neighbor. */
	if (!(configuration & 8))
		level -= READ_ONCE(inputs[input ^ 1]);
	return clamp(level, 0, (1 << ADC_BITS) - 1);
}

/* One clock (figure 5-1). An output in high impedance is pulled up. */
static bool adc_clock(struct adc *adc, bool in)
{
	uint clock = adc->clocks;

	if (clock || in)
		adc->clocks++;
	switch (clock) {
	case 0:
	case 5:
		return true;
	case 1 ... 4:
		adc->configuration = adc->configuration << 1 | in;
		if (clock == 4)
			adc->result = adc_sample(adc->configuration);
		return true;
	case 7 ... 16:
		return adc->result >> (16 - clock) & 1;
	case 17 ... 25: /* The same from its second lowest bit up (figure 5-2). */
		return adc->result >> (clock - 16) & 1;
	default: /* The null bit, and zeros after the result. */
		return false;
	}
}

static u8 adc_byte(struct adc *adc, u8 in)
{
	u8 out = 0;

	for (int bit = 7; bit >= 0; bit--)
		out = out << 1 | adc_clock(adc, in >> bit & 1);
	return out;
}

static int board_transfer(struct spi_controller *controller, struct spi_message *message)
{
	uint mode = message->spi->mode & SPI_MODE_X_MASK;
	struct spi_transfer *transfer;
	struct adc adc = { };

	while (READ_ONCE(spi_hangs))
		msleep(1);
	list_for_each_entry(transfer, &message->transfers, transfer_list) {
		const u8 *tx = transfer->tx_buf;
		u8 *rx = transfer->rx_buf;
		/* The device knows modes 0 and 3 (section 6.1). */
		bool understood = (mode == SPI_MODE_0 || mode == SPI_MODE_3) &&
				  transfer->speed_hz <= ADC_MAX_HZ;

		for (uint i = 0; i < transfer->len; i++) {
			u8 out = adc_byte(&adc, tx ? tx[i] : 0);

			if (rx)
				rx[i] = understood ? out : 0xff;
		}
		message->actual_length += transfer->len;
		spi_transfer_delay_exec(transfer);
		if (transfer->cs_change)
			adc = (struct adc){ };
	}
	message->status = -READ_ONCE(spi_error);
	spi_finalize_current_message(controller);
	return 0;
}

static struct pwm_state pwm_states[2];

static int board_pwm_apply(struct pwm_chip *chip, struct pwm_device *pwm,
			   const struct pwm_state *state)
{
	/* As hardware whose counter is short. */
	if (state->enabled && state->period > NSEC_PER_SEC)
		return -EINVAL;
	pwm_states[pwm->hwpwm] = *state;
	return 0;
}

static int board_pwm_state(struct pwm_chip *chip, struct pwm_device *pwm,
			   struct pwm_state *state)
{
	*state = pwm_states[pwm->hwpwm];
	return 0;
}

static const struct pwm_ops board_pwm_ops = {
	.apply = board_pwm_apply,
	.get_state = board_pwm_state,
};

/* A line per channel: period and pulse in nanoseconds, polarity, whether it is on. */
static ssize_t pwm_told_show(struct device *device, struct device_attribute *attribute, char *text)
{
	int length = 0;

	for (uint i = 0; i < ARRAY_SIZE(pwm_states); i++)
		length += sysfs_emit_at(text, length, "%llu %llu %s %s\n",
					pwm_states[i].period, pwm_states[i].duty_cycle,
					pwm_states[i].polarity ? "inversed" : "normal",
					pwm_states[i].enabled ? "on" : "off");
	return length;
}
static DEVICE_ATTR_RO(pwm_told);

static int board_line_direction(struct gpio_chip *chip, uint line)
{
	return GPIO_LINE_DIRECTION_IN;
}

static int board_line_input(struct gpio_chip *chip, uint line)
{
	return 0;
}

static int board_line_get(struct gpio_chip *chip, uint line)
{
	return 0;
}

static const char *const board_line_names[] = { "NO-IRQ" };
static struct gpio_chip board_lines = {
	.label = NAME "-lines",
	.owner = THIS_MODULE,
	.base = -1,
	.ngpio = ARRAY_SIZE(board_line_names),
	.names = board_line_names,
	.get_direction = board_line_direction,
	.direction_input = board_line_input,
	.get = board_line_get,
};

static struct attribute *board_attrs[] = { &dev_attr_pwm_told.attr, NULL };
ATTRIBUTE_GROUPS(board);

static int board_probe(struct platform_device *device)
{
	/* spidev has no name for an MCP3008: the kernel's driver of industrial I/O has it. */
	struct spi_board_info spidev = {
		.modalias = "dh2228fv", .max_speed_hz = 10000000, .mode = SPI_MODE_0,
	};
	struct spi_controller *spi = devm_spi_alloc_host(&device->dev, 0);
	struct pwm_chip *pwm = devm_pwmchip_alloc(&device->dev, ARRAY_SIZE(pwm_states), 0);
	int error;

	if (!spi)
		return -ENOMEM;
	if (IS_ERR(pwm))
		return PTR_ERR(pwm);
	pwm->ops = &board_pwm_ops;
	error = devm_pwmchip_add(&device->dev, pwm);
	if (error)
		return error;
	board_lines.parent = &device->dev;
	error = devm_gpiochip_add_data(&device->dev, &board_lines, NULL);
	if (error)
		return error;
	spi->bus_num = 0;
	spi->num_chipselect = 1;
	spi->mode_bits = SPI_CPOL | SPI_CPHA;
	spi->bits_per_word_mask = SPI_BPW_MASK(8);
	spi->transfer_one_message = board_transfer;
	error = devm_spi_register_controller(&device->dev, spi);
	if (error)
		return error;
	return spi_new_device(spi, &spidev) ? 0 : -ENODEV;
}

static struct platform_driver board_driver = {
	.driver = { .name = NAME, .dev_groups = board_groups },
};

static struct gpio_led led = { .name = "tickwire:green:status" };
static const struct gpio_led_platform_data leds = { .num_leds = 1, .leds = &led };
static struct gpiod_lookup_table led_lines = {
	.dev_id = "leds-gpio",
	.table = { GPIO_LOOKUP_IDX(NAME, 0, NULL, 0, GPIO_ACTIVE_HIGH), { } },
};

static struct platform_device *board, *led_device;

static int __init board_init(void)
{
	board = platform_create_bundle(&board_driver, board_probe, NULL, 0, NULL, 0);
	if (IS_ERR(board))
		return PTR_ERR(board);
	gpiod_add_lookup_table(&led_lines);
	led_device = platform_device_register_data(NULL, "leds-gpio", PLATFORM_DEVID_NONE, &leds,
						   sizeof(leds));
	if (!IS_ERR(led_device))
		return 0;
	gpiod_remove_lookup_table(&led_lines);
	platform_device_unregister(board);
	platform_driver_unregister(&board_driver);
	return PTR_ERR(led_device);
}

static void __exit board_exit(void)
{
	platform_device_unregister(led_device);
	gpiod_remove_lookup_table(&led_lines);
	platform_device_unregister(board);
	platform_driver_unregister(&board_driver);
}

module_init(board_init);
module_exit(board_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Devices of a board, for tests");
