//! The settings that the firmware knows.

/// Those of the documentation of config.txt, and those that `start_cd.elf` has lists of, numbers and
/// words.
const KNOWN: &str = "
    aphy_params aphy_params_current arm_64bit arm_boost arm_control arm_freq arm_freq_min
    arm_peri_high armstub audio_pwm_mode auto_initramfs avoid_edid_fuzzy_match avoid_warnings
    avs_disable avs_temp awb_auto_is_greyworld boot_delay boot_delay_ms boot_partition
    boot_ramdisk bootcode_delay camera_auto_detect cec_osd_name cmdline config_hdmi_boost
    config_hdmi_preemphasis core_freq core_freq_min decode_0001 decode_DDP decode_DTS
    decode_MPG2 decode_WVC1 desired_osc_freq desired_osc_freq2 desired_osc_freq_boost
    device_tree device_tree_address device_tree_end disable_audio_dither disable_auto_turbo
    disable_camera_led disable_commandline_tags disable_fw_kms_setup disable_l2cache
    disable_overscan disable_poe_fan disable_splash disable_touchscreen display_auto_detect
    display_default_lcd display_hdmi_rotate display_lcd_rotate display_rotate dispmanx_lbm_max
    dispmanx_offline dphy_params dphy_params_current dpi_group dpi_mode dpi_output_format
    dpi_timings dt_blob dtdebug dtoverlay dtparam edid_content_type eeprom_write_protect
    enable_audio_dither enable_dpi_lcd enable_gic enable_hdmi_status enable_jtag_gpio
    enable_l2cache_writealloc enable_rp1_uart enable_tvout enable_uart extra_transpose_buffer
    fake_vsync_isr fixup_file force_board_rev force_board_rev_ext force_core force_eeprom_read
    force_hdmi_open force_mac_address force_pvt force_pwm_open force_serial_number force_turbo
    framebuffer_align framebuffer_aspect framebuffer_depth framebuffer_height
    framebuffer_ignore_alpha framebuffer_priority framebuffer_swap framebuffer_width gpio
    gpu_freq gpu_freq_min gpu_mem gpu_mem_1024 gpu_mem_256 gpu_mem_512 h264_freq h264_freq_min
    hdmi_audio_config hdmi_blanking hdmi_channel_map hdmi_clock_change_limit
    hdmi_clock_change_rate hdmi_cvt hdmi_deep_color hdmi_dma_waits hdmi_drive hdmi_edid_file
    hdmi_enable_4kp60 hdmi_force_edid_3d hdmi_force_hotplug hdmi_force_mode hdmi_force_rb2
    hdmi_group hdmi_ignore_cec hdmi_ignore_edid hdmi_ignore_edid_3d hdmi_ignore_hotplug
    hdmi_mode hdmi_pixel_clock_type hdmi_pixel_encoding hdmi_pixel_freq_limit
    hdmi_preferred_port hdmi_safe hdmi_samples_limit hdmi_stream_channels hdmi_test hdmi_timings
    hdmi_wifi_pixel_freq_adj hevc_freq hevc_freq_min hvs_gamma_test hvs_priority hvs_set_dither
    hvs_swap_red_blue ignore_lcd imx477_fstrobe_cont_trig imx477_fstrobe_delay
    imx477_fstrobe_enable imx477_fstrobe_stills_only imx477_fstrobe_width imx477_hsync_polarity
    imx477_hsync_width imx477_hv_sync_enable imx477_vsync_polarity imx477_vsync_width include
    init_uart_baud init_uart_clock initial_turbo initramfs isp_freq isp_freq_min kernel
    kernel_address kernel_old lcd_framerate lcd_rotate legacy_mapping logging_level
    mask_gpu_interrupt0 mask_gpu_interrupt1 max_clock_drift max_clock_drift_rate
    max_framebuffer_height max_framebuffer_width max_framebuffers max_pll_freq max_usb_current
    never_over_voltage num_stream_blocks os_check os_prefix osc_debug otg_mode ov5647_acls
    over_voltage over_voltage_avs over_voltage_avs_boost over_voltage_delta over_voltage_min
    over_voltage_sdram over_voltage_sdram_c over_voltage_sdram_c_min over_voltage_sdram_i
    over_voltage_sdram_i_min over_voltage_sdram_min over_voltage_sdram_p
    over_voltage_sdram_p_min overlay_prefix overscan_bottom overscan_left overscan_right
    overscan_scale overscan_top pause_burst_frames pciex4_reset pin_test pmic_override
    pmic_turbo_threshold power_force_3v3_pwm program_batch_num program_board_rev
    program_emmc_boot program_gpio_bootmode program_mac_address program_mfgtest_fail
    program_sdhost_use_dma program_serial_number program_serial_random program_usb_boot_mode
    program_usb_boot_timeout pwm_mode_pwm pwm_sample_bits ramfsaddr ramfsfile recovery_mode
    reduced_axi refresh_change remote_gpu_mem safe_mode_gpio scaling_kernel sdram_freq
    sdram_freq_min sdram_schmoo sdtv_aspect sdtv_disable_colourburst sdtv_mode second_boot
    sha256 start_debug start_file start_x temp_limit temp_soft_limit test_mode total_mem
    uart_2ndstage upstream_kernel usb_max_current_enable usb_mdio v3d_freq v3d_freq_min
    v3d_limiter vcos_logging_level vd_isp_disable vd_min_images vl805_hub2_file vl805_mcu_file
    vl805_no_spi xosc_bias
";

/// Whether the firmware knows a setting; one that is for one of several ports has its number behind
/// a colon.
pub(super) fn is_known(key: &str) -> bool {
    let name = key.split_once(':').map_or(key, |(name, _)| name);
    KNOWN.split_ascii_whitespace().any(|known| known == name)
}
