/* Begin and end: nothing else works without a context. */
aipu_status_t aipu_init_context(aipu_ctx_handle_t **ctx);
aipu_status_t aipu_deinit_context(const aipu_ctx_handle_t *ctx);

/* A status in words; the text is valid until the thread asks again. */
aipu_status_t aipu_get_error_message(const aipu_ctx_handle_t *ctx, aipu_status_t status, const char **msg);

/* config: aipu_global_config_simulation_t for AIPU_CONFIG_TYPE_SIMULATION. */
aipu_status_t aipu_config_global(const aipu_ctx_handle_t *ctx, uint64_t types, void *config);

/* graph: the file of a binary, or the folder of a package. */
aipu_status_t aipu_load_graph(const aipu_ctx_handle_t *ctx, const char *graph, uint64_t *id, aipu_load_graph_cfg_t *config AIPU_DEFAULT(0));
aipu_status_t aipu_load_graph_helper(const aipu_ctx_handle_t *ctx, const char *graph_buf, uint32_t graph_size, uint64_t *id, aipu_load_graph_cfg_t *config AIPU_DEFAULT(0));
aipu_status_t aipu_load_share_weight_graph(const aipu_ctx_handle_t *ctx, const char *share_weight_graph, uint64_t **ids, uint32_t *id_cnt, aipu_load_graph_cfg_t *config AIPU_DEFAULT(0));
aipu_status_t aipu_unload_graph(const aipu_ctx_handle_t *ctx, uint64_t graph);

/* Jobs: create, load inputs, finish (or flush and ask for the status), read outputs.
   Times are in milliseconds; to finish, 0 or less is for ever; to ask, less is. */
aipu_status_t aipu_create_job(const aipu_ctx_handle_t *ctx, uint64_t graph, uint64_t *job, aipu_create_job_cfg_t *config AIPU_DEFAULT(0));
aipu_status_t aipu_finish_job(const aipu_ctx_handle_t *ctx, uint64_t job, int32_t time_out);
aipu_status_t aipu_flush_job(const aipu_ctx_handle_t *ctx, uint64_t job, aipu_job_callback_func_t cb_func AIPU_DEFAULT(0));
aipu_status_t aipu_get_job_status(const aipu_ctx_handle_t *ctx, uint64_t job, aipu_job_status_t *status, int32_t timeout AIPU_DEFAULT(0));
aipu_status_t aipu_clean_job(const aipu_ctx_handle_t *ctx, uint64_t job);
aipu_status_t aipu_config_job(const aipu_ctx_handle_t *ctx, uint64_t job, uint64_t types, void *config);

/* Tensors: id is that of a graph or of a job. */
aipu_status_t aipu_get_tensor_count(const aipu_ctx_handle_t *ctx, uint64_t id, aipu_tensor_type_t type, uint32_t *cnt);
aipu_status_t aipu_get_tensor_descriptor(const aipu_ctx_handle_t *ctx, uint64_t id, aipu_tensor_type_t type, uint32_t tensor, aipu_tensor_desc_t *desc);
aipu_status_t aipu_load_tensor(const aipu_ctx_handle_t *ctx, uint64_t job, uint32_t tensor, const void *data);
aipu_status_t aipu_get_tensor(const aipu_ctx_handle_t *ctx, uint64_t job, aipu_tensor_type_t type, uint32_t tensor, void *data);
aipu_status_t aipu_specify_iobuf(const aipu_ctx_handle_t *ctx, uint64_t job_id, aipu_shared_tensor_info_t *shared_buf);

/* The device: one partition of one cluster of one core. */
aipu_status_t aipu_get_partition_count(const aipu_ctx_handle_t *ctx, uint32_t *cnt);
aipu_status_t aipu_get_cluster_count(const aipu_ctx_handle_t *ctx, uint32_t partition_id, uint32_t *cnt);
aipu_status_t aipu_get_core_count(const aipu_ctx_handle_t *ctx, uint32_t partition_id, uint32_t cluster, uint32_t *cnt);
aipu_status_t aipu_get_target(const aipu_ctx_handle_t *ctx, char *target);
aipu_status_t aipu_get_device_status(const aipu_ctx_handle_t *ctx, device_status_t *status);
aipu_status_t aipu_ioctl(aipu_ctx_handle_t *ctx, uint32_t cmd, void *arg AIPU_DEFAULT(0));

/* Queues of frames, which run with one call. */
aipu_status_t aipu_create_batch_queue(const aipu_ctx_handle_t *ctx, uint64_t graph_id, uint32_t *queue_id);
aipu_status_t aipu_clean_batch_queue(const aipu_ctx_handle_t *ctx, uint64_t graph_id, uint32_t queue_id);
aipu_status_t aipu_config_batch_dump(const aipu_ctx_handle_t *ctx, uint64_t graph_id, uint32_t queue_id, uint64_t types, aipu_job_config_dump_t *dump_cfg);
aipu_status_t aipu_add_batch(const aipu_ctx_handle_t *ctx, uint64_t graph_id, uint32_t queue_id, char *inputs[], char *outputs[]);
aipu_status_t aipu_finish_batch(const aipu_ctx_handle_t *ctx, uint64_t graph_id, uint32_t queue_id, aipu_create_job_cfg_t *create_cfg);

/* The debugger and printing of the board: not supported here. */
aipu_status_t aipu_debugger_get_core_info(const aipu_ctx_handle_t *ctx, uint32_t id, aipu_core_info_t *info);
aipu_status_t aipu_debugger_get_job_info(const aipu_ctx_handle_t *ctx, uint64_t job, aipu_debugger_job_info_t *info);
aipu_status_t aipu_debugger_bind_job(const aipu_ctx_handle_t *ctx, uint32_t id, uint64_t job_id);
aipu_status_t aipu_debugger_run_job(const aipu_ctx_handle_t *ctx, uint64_t job_id);
aipu_status_t aipu_debugger_malloc(const aipu_ctx_handle_t *ctx, uint32_t size, void **va);
aipu_status_t aipu_debugger_free(const aipu_ctx_handle_t *ctx, void *va);
aipu_status_t aipu_printf(char *printf_base, char *redirect_file);
