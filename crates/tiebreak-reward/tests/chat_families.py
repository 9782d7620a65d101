"""Chat templates in the forms that the families of models document, written for these tests, and
conversations to try them on."""

CONVERSATIONS = [
    [
        {"role": "user", "content": "How are you?"},
        {"role": "assistant", "content": "I am fine, thank you."},
    ],
    [
        {"role": "system", "content": "  Answer in one sentence. "},
        {"role": "user", "content": "Why is the sky blue?"},
        {"role": "assistant", "content": "Because short waves scatter more.\n"},
        {"role": "user", "content": "And at dusk? "},
        {"role": "assistant", "content": " The light's path is longer, so red is left: <b>red</b> & \"orange\"."},
    ],
    [
        {"role": "user", "content": "Übersetze »Käse« 東京 🙂\n\n```py\nprint('{{ x }}')\n```"},
        {"role": "assistant", "content": "<think>It is German.</think>\nCheese, Tokyo."},
        {"role": "user", "content": "A text that is long enough to be cut. " * 6},
        {"role": "assistant", "content": "Yes. " * 30},
    ],
    [
        {"role": "user", "content": "First"},
        {"role": "user", "content": "Second without an answer between"},
        {"role": "assistant", "content": "Third"},
    ],
    [
        {"role": "user", "content": "Look it up."},
        {"role": "assistant", "content": "One moment."},
        {"role": "tool", "content": "{\"result\": 42}"},
        {"role": "assistant", "content": "It is 42 <|im_end|> or not."},
    ],
]

FAMILIES = [
    {
        "name": "chatml",
        "tokens": {"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>"},
        "template": "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    },
    {
        "name": "chatml with a default system turn",
        "tokens": {"eos_token": "<|im_end|>"},
        "template": "{%- if tools %}\n    {{- '<|im_start|>system\\n' }}\n    {%- for tool in tools %}\n        {{- tool | tojson }}\n    {%- endfor %}\n{%- else %}\n    {%- if messages[0]['role'] == 'system' %}\n        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}\n    {%- else %}\n        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}\n    {%- endif %}\n{%- endif %}\n{%- for message in messages %}\n    {%- if (message.role == \"user\") or (message.role == \"system\" and not loop.first) or (message.role == \"assistant\" and not message.tool_calls) %}\n        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n    {%- elif message.role == \"tool\" %}\n        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != \"tool\") %}\n            {{- '<|im_start|>user' }}\n        {%- endif %}\n        {{- '\\n<tool_response>\\n' }}\n        {{- message.content }}\n        {{- '\\n</tool_response>' }}\n        {%- if loop.last or (messages[loop.index0 + 1].role != \"tool\") %}\n            {{- '<|im_end|>\\n' }}\n        {%- endif %}\n    {%- endif %}\n{%- endfor %}\n",
    },
    {
        "name": "chatml that drops thoughts",
        "tokens": {"eos_token": "<|im_end|>"},
        "template": "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}\n{%- for message in messages[::-1] %}\n    {%- set index = (messages|length - 1) - loop.index0 %}\n    {%- if ns.multi_step_tool and message.role == \"user\" and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}\n        {%- set ns.multi_step_tool = false %}\n        {%- set ns.last_query_index = index %}\n    {%- endif %}\n{%- endfor %}\n{%- for message in messages %}\n    {%- if message.content is string %}\n        {%- set content = message.content %}\n    {%- else %}\n        {%- set content = '' %}\n    {%- endif %}\n    {%- if message.role == \"assistant\" %}\n        {%- set reasoning_content = '' %}\n        {%- if '</think>' in content %}\n            {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}\n            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}\n        {%- endif %}\n        {%- if loop.index0 > ns.last_query_index and reasoning_content %}\n            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}\n        {%- else %}\n            {{- '<|im_start|>' + message.role + '\\n' + content }}\n        {%- endif %}\n        {{- '<|im_end|>\\n' }}\n    {%- else %}\n        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}\n    {%- endif %}\n{%- endfor %}\n",
    },
    {
        "name": "llama 3",
        "tokens": {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        "template": "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    },
    {
        "name": "llama 3 with a date",
        "tokens": {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        "template": "{{- bos_token }}\n{%- if not date_string is defined %}\n    {%- if strftime_now is defined %}\n        {%- set date_string = strftime_now(\"%d %b %Y\") %}\n    {%- else %}\n        {%- set date_string = \"unknown\" %}\n    {%- endif %}\n{%- endif %}\n{%- if messages[0]['role'] == 'system' %}\n    {%- set system_message = messages[0]['content']|trim %}\n    {%- set messages = messages[1:] %}\n{%- else %}\n    {%- set system_message = \"\" %}\n{%- endif %}\n{{- \"<|start_header_id|>system<|end_header_id|>\\n\\n\" }}\n{%- if tools is not none %}\n    {{- \"Environment: ipython\\n\" }}\n{%- endif %}\n{{- \"Today Date: \" + date_string + \"\\n\\n\" }}\n{{- system_message }}\n{{- \"<|eot_id|>\" }}\n{%- for message in messages %}\n    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}\n        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}\n    {%- elif message.role == \"tool\" or message.role == \"ipython\" %}\n        {{- \"<|start_header_id|>ipython<|end_header_id|>\\n\\n\" }}\n        {%- if message.content is mapping or (message.content is iterable and message.content is not string) %}\n            {{- message.content | tojson }}\n        {%- else %}\n            {{- message.content }}\n        {%- endif %}\n        {{- \"<|eot_id|>\" }}\n    {%- endif %}\n{%- endfor %}\n",
    },
    {
        "name": "llama 2",
        "tokens": {"bos_token": "<s>", "eos_token": "</s>"},
        "template": "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    },
    {
        "name": "mistral",
        "tokens": {"bos_token": "<s>", "eos_token": "</s>"},
        "template": "{%- if messages[0][\"role\"] == \"system\" %}\n    {%- set system_message = messages[0][\"content\"] %}\n    {%- set loop_messages = messages[1:] %}\n{%- else %}\n    {%- set loop_messages = messages %}\n{%- endif %}\n{%- set user_messages = loop_messages | selectattr(\"role\", \"equalto\", \"user\") | list %}\n{%- set ns = namespace() %}\n{%- set ns.index = 0 %}\n{%- for message in loop_messages %}\n    {%- if not (message.role == \"tool\" or (message.tool_calls is defined and message.tool_calls is not none)) %}\n        {%- if (message[\"role\"] == \"user\") != (ns.index % 2 == 0) %}\n            {{- raise_exception(\"After the optional system message, roles must alternate\") }}\n        {%- endif %}\n        {%- set ns.index = ns.index + 1 %}\n    {%- endif %}\n{%- endfor %}\n\n{{- bos_token }}\n{%- for message in loop_messages %}\n    {%- if message[\"role\"] == \"user\" %}\n        {%- if message == user_messages[-1] and system_message is defined %}\n            {{- \"[INST] \" + system_message + \"\\n\\n\" + message[\"content\"] + \"[/INST]\" }}\n        {%- else %}\n            {{- \"[INST] \" + message[\"content\"] + \"[/INST]\" }}\n        {%- endif %}\n    {%- elif message[\"role\"] == \"assistant\" %}\n        {{- \" \" + message[\"content\"]|trim + eos_token }}\n    {%- elif message[\"role\"] == \"tool\" %}\n        {%- set content = message.content|string %}\n        {{- '[TOOL_RESULTS] {\"content\": ' + content|tojson + \"}\" }}\n    {%- else %}\n        {{- raise_exception(\"Only user and assistant roles are supported\") }}\n    {%- endif %}\n{%- endfor %}\n",
    },
    {
        "name": "gemma",
        "tokens": {"bos_token": "<bos>", "eos_token": "<eos>"},
        "template": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}",
    },
    {
        "name": "zephyr",
        "tokens": {"bos_token": "<s>", "eos_token": "</s>"},
        "template": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    },
    {
        "name": "phi with marked generation",
        "tokens": {"bos_token": "<s>", "eos_token": "<|endoftext|>"},
        "template": "{{ bos_token }}\n{% for message in messages %}\n    {% if message.role == 'assistant' %}\n        {%- generation -%}\n        {{ '<|assistant|>\\n' + message.content + '<|end|>\\n' }}\n        {%- endgeneration -%}\n    {% elif message.role in ['user', 'system'] %}\n        {{ '<|' ~ message.role ~ '|>\\n' ~ message.content ~ '<|end|>\\n' }}\n    {% else %}\n        {% continue %}\n    {% endif %}\n{% endfor %}\n{{ eos_token }}\n\n",
    },
    {
        "name": "all kinds of expressions",
        "tokens": {"bos_token": "<s>", "eos_token": "</s>"},
        "template": "{%- macro turn(role, text='') -%}\n  [{{ role | upper }}] {{ text | replace('\\n', ' / ') }}\n{%- endmacro -%}\n{#- a comment -#}\n{% set counts = {'user': 0, 'assistant': 0} %}\n{% for m in messages if m.role != 'system' %}\n  {{ loop.index }}/{{ loop.length }} {{ turn(m.role, m.content[:12]) }}\n  {% if loop.previtem is defined and loop.previtem.role == m.role %}again{% endif %}\n  {% if m.content | length > 100 %}{% break %}{% endif %}\n{% else %}\n  none\n{% endfor %}\n{{ messages | map(attribute='role') | join(',') }}|{{ messages[-1]['content'].split()[0] }}|{{ none }}|{{ true }}|{{ 7 // 2 }}|{{ 7 / 2 }}|{{ 2 ** 3 }}|{{ -7 % 3 }}\n{{ messages[0] | tojson }}\n{{ {'b': [1, 2.5, none, true], 'a': 'é<\"'} | tojson(indent=2) }}\n{{ counts.get('user', 1) }} {{ counts.items() | list | length }} {{ 'x' in counts }} {{ messages[0].get('name', 'nobody') }}\n{{ 'yes' if bos_token is defined and bos_token is not none else 'no' }} {{ missing_token is defined }} {{ (missing or 'fallback') }}\n{{ '%s and %s' | format('a', 3) }} {{ 'A-b'.lower().title() }} {{ \" pad \".strip() }}{{ ' ' * 3 }}end{{ ['a', 'b'] + ['c'] }}{{ range(3) | list }}{{ {'k': 'v'} }}{{ \"it's\" }}{{ [\"it's\", 'q\"'] }}\n{%- for key, value in messages[0].items() %} {{ key }}={{ value | length }}{% endfor %}\n{% filter upper %}loud{% endfilter %}{% set block %}inner {{ eos_token }}{% endset %}{{ block | trim }}{{ '\\n\\n' }}{{ 1 if messages | length is even else 2 }}{{ messages | first | length }}{{ 'abc'[1] }}{{ 'abc'[::-1] }}{{ 'a,b,c'.rsplit(',', 1) if false else 'skip' }}{{ 10 | int + 1 }}{{ 'no' is not string }}{{ 3 is number }}{{ [3, 1, 2] | sort | last }}{{ '<' | e if false else '<' }}\n",
    },
]
