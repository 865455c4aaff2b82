/* A context: what aipu_init_context gives. */
typedef struct ctx_handle {
    uint32_t handle;
} aipu_ctx_handle_t;

/* A tensor: real = scale * (stored - zero_point); size is in bytes. */
typedef struct {
    uint32_t id;
    uint32_t size;
    float scale;
    int32_t zero_point;
    aipu_data_type_t data_type;
} aipu_tensor_desc_t;

/* For the debugger of the board; nothing fills it here. */
typedef struct {
    uint64_t instr_base;
    void *simulation_aipu;
    void *simulation_mem_engine;
} aipu_debugger_job_info_t;

/* Where a job leaves its dumps, and how their names begin. */
typedef struct {
    const char *dump_dir;
    const char *prefix;
    const char *output_prefix;
    const char *misc_prefix;
} aipu_job_config_dump_t;

/* A folder for what the simulator leaves of a job. */
typedef struct {
    const char *data_dir;
} aipu_job_config_simulation_t;

/* How the simulator counts cycles, and what it reports; zeros are the defaults. */
typedef struct {
    uint32_t log_level;
    bool verbose;
    const char *log_file_path;
    const char *json_filename;
    bool print_subg_info;
    const char *plugin_name;
    const char *simulator;
    const char *npu_arch_desc;
    uint32_t gm_size;
    bool enable_avx;
    bool enable_calloc;
    bool en_eval;
    int8_t fp_mode;
    bool en_l2d;
    bool en_fast_perf;
    uint32_t freq_mhz;
    uint32_t ddr_latency_rd;
    uint32_t ddr_latency_wr;
    uint32_t ddr_bw;
    float ddr_bw_ratio;
    const char *perf_report;
} aipu_global_config_simulation_t;

/* Of the board; nothing follows from it here. */
typedef struct {
    bool poll_in_commit_thread;
    bool enable_tec_done_irq;
} aipu_global_config_hw_t;

/* Called when a flushed job is done, from another thread. */
typedef int (*aipu_job_callback_func_t)(uint64_t job_id, aipu_job_status_t job_state);

typedef struct aipu_core_info {
    uint64_t reg_base;
} aipu_core_info_t;

/* Buffers of other devices: not supported here. */
typedef struct aipu_shared_tensor_info {
    aipu_tensor_type_t type;
    uint32_t tensor_idx;
    uint64_t id;
    uint64_t pa;
    int dmabuf_fd;
    uint32_t offset_in_dmabuf;
    int shared_case_type;
} aipu_shared_tensor_info_t;

/* What aipu_ioctl takes and gives. */
typedef struct aipu_driver_version {
    char umd_version[16];
    char kmd_version[16];
} aipu_driver_version_t;

typedef struct aipu_bin_buildversion {
    uint64_t graph_id;
    uint32_t aipubin_buildversion;
} aipu_bin_buildversion_t;

typedef struct {
    uint64_t graph_id;
    bool dynamic_shape;
} aipu_is_ds_t;

/* Shapes of inputs: they are static here. */
typedef struct aipu_dynshape_item {
    uint32_t ds_idx;
    uint32_t *ds_data;
} aipu_dynshape_item_t;

typedef struct aipu_dynshape_param {
    uint32_t input_shape_cnt;
    aipu_dynshape_item_t *shape_items;
} aipu_dynshape_param_t;

/* How a graph is loaded; nothing follows from it here. */
typedef struct aipu_load_graph_cfg {
    union {
        uint32_t misc;
        struct {
            uint8_t wt_mem_region : 4;
        };
    };
    int32_t *wt_idxes;
    int32_t wt_idxes_cnt;
    const char *extra_weight_path;
    bool put_weight_gm;
    bool put_desc_gm;
    bool put_ws_gm;
} aipu_load_graph_cfg_t;

/* How a job is created: there is one core, and one memory. */
typedef struct aipu_create_job_cfg {
    union {
        uint32_t misc;
        struct {
            uint8_t partition_id : 4;
            uint8_t dbg_dispatch : 1;
            uint8_t dbg_core_id : 3;
            uint8_t qos_level : 4;
            uint8_t fm_mem_region : 4;
        };
    };
    bool bind_enable;
    uint8_t bind_cluster_ids;
    uint8_t bind_core_ids;
    uint32_t reserved_iova_size;
    int32_t *fm_idxes;
    int32_t fm_idxes_cnt;
    aipu_dynshape_param_t *dynshape;
    aipu_dynshape_param_t dynshape_params;
} aipu_create_job_cfg_t;
